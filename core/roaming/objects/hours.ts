import type { Finish } from '../field.ts'
import type { ExceptionalPeriod, Hours, RegularHours } from '../model.ts'
import { boolean, dateTime, type FieldsOf, int, many, object, one, shape, text } from '../shape.ts'

/** `08:30`; also in the restrictions of tariffs. */
export const timeOfDay = text(5, {}, /^(?:[01]\d|2[0-3]):[0-5]\d$/)

const regularHours = shape('RegularHours', {
  weekday: one(int),
  period_begin: one(timeOfDay),
  period_end: one(timeOfDay),
} satisfies FieldsOf<RegularHours>)

const exceptionalPeriod = shape('ExceptionalPeriod', {
  period_begin: one(dateTime),
  period_end: one(dateTime),
} satisfies FieldsOf<ExceptionalPeriod>)

/** 2.1.1 wants either the days or that it is always open, not both. */
const eitherOr: Finish = (done, _source, { note }) => {
  const { twentyfourseven, regular_hours: days, ...others } = done
  if (!Array.isArray(days) || days.length === 0) return done
  if (twentyfourseven !== true) return { ...others, regular_hours: days }
  note('noField', 'hours of days cannot stand beside always open', '/regular_hours')
  return { ...others, twentyfourseven }
}

/** When a location is open (OCPI 2.3.0 mod_locations). */
export const hours = shape(
  'Hours',
  {
    twentyfourseven: one(boolean, { card: { '2.1.1': '?' }, implied: false }),
    regular_hours: many(object(regularHours)),
    exceptional_openings: many(object(exceptionalPeriod)),
    exceptional_closings: many(object(exceptionalPeriod)),
  } satisfies FieldsOf<Hours>,
  { down: { '2.1.1': eitherOr } },
)
