import type { GetVariablesResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { ConfigurationEntry, MirrorChange } from '../../domain/mirror.ts'
import {
  type Attribute,
  type VariableName,
  variableKey,
  type WantedVariable,
  writtenAs,
} from '../../domain/variable.ts'
import { afterPart, inHalves, nextPart } from '../batch.ts'
import { accepted, type Action, order, type OrderContext, type Told, two, type Wording } from '../dialect.ts'
import { variableNamed } from '../keys.ts'
import {
  byKey,
  goneVariables,
  isUnknown,
  isUnsupported,
  merged,
  shownValue,
  valued,
  wireAttributes,
  wirePlace,
} from './variable.ts'

interface Reading {
  readonly name: VariableName
  readonly attribute: Attribute
  /** What the operator calls it. */
  readonly key: string
}

const readingOf = ({ attribute = 'actual', ...named }: WantedVariable): Reading | undefined => {
  const name = variableNamed(named)
  return name && { name, attribute, key: named.key ?? writtenAs(name) }
}

const readingsOf = (wanted: readonly WantedVariable[]): readonly Reading[] =>
  wanted.map(readingOf).filter((reading) => reading !== undefined)

const keyOf = ({ name, attribute }: Omit<Reading, 'key'>): string => `${variableKey(name)} ${attribute}`

const wire = ({ name, attribute }: Reading): object => ({
  ...wirePlace(name),
  ...(attribute !== 'actual' && { attributeType: wireAttributes[attribute] }),
})

const partOf = (wanted: readonly WantedVariable[], context: OrderContext): readonly Reading[] =>
  nextPart(readingsOf(wanted), context, keyOf)

const tell = (wanted: readonly WantedVariable[], context: OrderContext): Wording => {
  const fault = wanted.find((one) => readingOf(one) === undefined)
  if (fault !== undefined) return { unsupported: `${fault.key ?? 'this'} names no variable: write Component.Variable` }
  return { payload: { getVariableData: partOf(wanted, context).map(wire) } }
}

/** The part that was asked for, each with what the station says of it. */
const answered = (
  { getVariableResult: results }: GetVariablesResponse,
  wanted: readonly WantedVariable[],
  context: OrderContext,
) => {
  const part = partOf(wanted, context)
  const found = byKey(results, part, keyOf)
  return part.map((reading) => {
    const { attributeStatus: status = 'not answered', attributeValue: value } = found.get(keyOf(reading)) ?? {}
    return { ...reading, status, value }
  })
}

const told = (response: GetVariablesResponse, wanted: readonly WantedVariable[], context: OrderContext): Told => {
  const part = answered(response, wanted, context)
  const refused = part.filter(({ status }) => status !== 'Accepted')
  return afterPart(
    {
      count: part.length,
      total: wanted.length,
      refused: refused.map(({ name, status }) => `${writtenAs(name)}: ${status}`),
      learnt: [
        ...merged(
          part.flatMap(({ name, attribute, status, value }) =>
            status === 'Accepted' && value !== undefined ? [valued(name, attribute, value)] : [],
          ),
        ),
        ...goneVariables(refused.filter(({ status }) => isUnknown(status)).map(({ name }) => name)),
      ],
    },
    context,
    refused.length === part.length && refused.every(({ status }) => isUnsupported(status)),
  )
}

const keysOf = (keys: readonly string[] = []): readonly WantedVariable[] => keys.map((key) => ({ key }))

/** GetVariables — read variables of the device model, as many at once as the station takes. 2.0.1 part 2 B06. */
export const GetVariables: Action = two(
  order('getVariables', {
    action: 'GetVariables',
    tell: ({ variables }, context) => tell(variables, context),
    told: (response: GetVariablesResponse, { variables }, context) => told(response, variables, context),
    refused: (code, { variables }, context) => inHalves(code, partOf(variables, context).length, context),
  }),
  order('getConfig', {
    action: 'GetVariables',
    // all of them are told by a report
    tell: ({ keys }, context) => (keys === undefined ? { otherwise: true } : tell(keysOf(keys), context)),
    told: (response: GetVariablesResponse, { keys }, context) => {
      const outcome = told(response, keysOf(keys), context)
      const part = answered(response, keysOf(keys), context)
      const entries = part.flatMap(({ key, name, status, value }): readonly ConfigurationEntry[] => {
        const shown = value === undefined ? undefined : shownValue(name.variable.name, value)
        return status === 'Accepted' ? [{ key, readonly: false, ...(shown !== undefined && { value: shown }) }] : []
      })
      const unknown = part.flatMap(({ key, status }) => (isUnknown(status) ? [key] : []))
      const learnt: readonly MirrorChange[] = [
        { type: 'configuration', entries, unknown, complete: false },
        ...(outcome.learnt ?? []),
      ]
      // that it has no such key is an answer as well, as it is in 1.6
      return outcome.accepted ? { ...outcome, learnt } : accepted(outcome.reason, learnt)
    },
    refused: (code, { keys }, context) => inHalves(code, partOf(keysOf(keys), context).length, context),
  }),
)
