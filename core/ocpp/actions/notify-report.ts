import type { NotifyReportRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import type { Body, Item } from '../../domain/item.ts'
import { clean } from '../../domain/text.ts'
import { variableKey } from '../../domain/variable.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { attributeOf, fieldOf, merged, nameOf, placeBody, shownValue } from './variable.ts'

type Reported = NonNullable<NotifyReportRequest['reportData']>[number]

/** A value that can only be written is reported without (B07.FR.03, errata). */
const valueOf = (name: string, of: Reported['variableAttribute'][number]): Body => {
  const { type, value, mutability = 'ReadWrite', persistent = false, constant = false } = of
  const field = fieldOf(attributeOf(type))
  const shown = value === undefined || mutability === 'WriteOnly' ? undefined : shownValue(name, value)
  return {
    ...(shown !== undefined && { [field]: shown }),
    ...(field === 'value' ? { mutability, persistent, constant } : { [`${field}Mutability`]: mutability }),
  }
}

const valuesOf = (name: string, all: Reported['variableAttribute']): Body =>
  all.reduce<Body>((body, of) => ({ ...body, ...valueOf(name, of) }), {})

const characteristicsOf = (is: Reported['variableCharacteristics']): Body =>
  is === undefined
    ? {}
    : {
        characteristics: {
          dataType: is.dataType,
          supportsMonitoring: is.supportsMonitoring,
          ...(is.unit !== undefined && { unit: clean(is.unit, 16) }),
          ...(is.minLimit !== undefined && { minLimit: is.minLimit }),
          ...(is.maxLimit !== undefined && { maxLimit: is.maxLimit }),
          ...(is.maxElements !== undefined && { maxElements: is.maxElements }),
          ...(is.valuesList !== undefined && { valuesList: clean(is.valuesList, 1_000) }),
        },
      }

/** One item a variable, though its values may be told one by one. */
const itemsOf = (reported: readonly Reported[]): readonly Item[] => {
  const items = new Map<string, Body>()
  for (const one of reported) {
    const name = nameOf(one)
    const key = variableKey(name)
    items.set(key, {
      ...items.get(key),
      ...placeBody(name),
      ...valuesOf(name.variable.name, one.variableAttribute),
      ...characteristicsOf(one.variableCharacteristics),
    })
  }
  return [...items].map(([key, body]) => ({ key, body }))
}

/** NotifyReport — a page of what the station has. 2.0.1 part 2 B07, B08. In any order, numbered from 0 (BI-47). */
export const NotifyReport: Action = two(
  dialect('told', {
    request: 'NotifyReportRequest',
    leniency: 'texts',
    ask: ({ requestId, generatedAt, seqNo, tbc = false, reportData = [] }: NotifyReportRequest) => {
      const at = parseInstant(generatedAt)?.ms
      return {
        type: 'told',
        topic: 'report',
        ...(at !== undefined && { at }),
        data: { request: requestId, page: seqNo, last: !tbc, variables: reportData.length },
        learnt: merged(itemsOf(reportData)),
        page: { report: 'variables', request: requestId, seq: seqNo, last: !tbc },
      }
    },
    answer: () => nothing,
  }),
)
