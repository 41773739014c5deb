import {
  at,
  isList,
  type Known,
  type Loss,
  type LossRule,
  type Note,
  type Older,
  unsayable,
  type Cardinality,
} from './field.ts'

/** One conversion on its way through an object. */
export interface Walk {
  readonly version: Older
  readonly known: Known
  readonly isPart: boolean
  readonly losses: Loss[]
}

export const noteIn =
  ({ losses }: Pick<Walk, 'losses'>, pointer: string): Note =>
  (rule: LossRule, detail: string, below = '') =>
    void losses.push({ pointer: pointer + below, rule, detail })

type One = (value: unknown, pointer: string) => unknown

/** Each value of a field; what cannot be said is left out of a list, and an empty list of one or more cannot be said. */
export const each = (
  value: unknown,
  card: Cardinality,
  pointer: string,
  { make, note }: { make: One; note: Note },
): unknown => {
  if (!isList(card) || !Array.isArray(value)) return make(value, pointer)
  const made = value.map((element: unknown, i) => make(element, at(pointer, i)))
  made.forEach((element, i) => {
    if (element === unsayable) note('leftOut', 'it cannot be said here', at('', i))
  })
  const said = made.filter((element) => element !== unsayable && element !== undefined)
  return said.length === 0 && made.length > 0 && card === '+' ? unsayable : said
}
