import type { SetVariablesResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { MirrorChange } from '../../domain/mirror.ts'
import { type Attribute, type VariableName, variableKey, type WantedValue, writtenAs } from '../../domain/variable.ts'
import { afterPart, inHalves, nextPart } from '../batch.ts'
import { type Action, failed, order, type OrderContext, type Told, two, type Wording } from '../dialect.ts'
import { variableNamed } from '../keys.ts'
import { byRotation, isPassword, learntAs } from './password.ts'
import {
  byKey,
  goneVariables,
  isUnknown,
  isUnsupported,
  merged,
  valued,
  wireAttributes,
  wirePlace,
} from './variable.ts'

interface Setting {
  readonly name: VariableName
  readonly attribute: Attribute
  readonly value: string
}

const settingOf = ({ attribute = 'actual', value, ...named }: WantedValue): Setting | string => {
  const name = variableNamed(named)
  if (name === undefined) return `${named.key ?? 'this'} names no variable: write Component.Variable`
  return isPassword(name) ? byRotation : { name, attribute, value }
}

const keyOf = ({ name, attribute }: Omit<Setting, 'value'>): string => `${variableKey(name)} ${attribute}`

const wire = ({ name, attribute, value }: Setting): object => ({
  ...wirePlace(name),
  ...(attribute !== 'actual' && { attributeType: wireAttributes[attribute] }),
  attributeValue: value,
})

const partOf = (settings: readonly Setting[], context: OrderContext): readonly Setting[] =>
  nextPart(settings, context, keyOf)

const settingsOf = (wanted: readonly WantedValue[]): readonly Setting[] =>
  wanted.map(settingOf).filter((setting) => typeof setting !== 'string')

const tell = (wanted: readonly WantedValue[], context: OrderContext): Wording => {
  const fault = wanted.map(settingOf).find((setting) => typeof setting === 'string')
  if (typeof fault === 'string') return { unsupported: fault }
  return { payload: { setVariableData: partOf(settingsOf(wanted), context).map(wire) } }
}

const told = (
  { setVariableResult: results }: SetVariablesResponse,
  wanted: readonly WantedValue[],
  context: OrderContext,
): Told => {
  const all = settingsOf(wanted)
  const part = partOf(all, context)
  const found = byKey(results, part, keyOf)
  const judged = part.map((setting) => ({
    ...setting,
    status: found.get(keyOf(setting))?.attributeStatus ?? 'not answered',
  }))
  const taken = judged.filter(({ status }) => status === 'Accepted' || status === 'RebootRequired')
  const refused = judged.filter((one) => !taken.includes(one))
  const after = afterPart(
    {
      count: part.length,
      total: all.length,
      refused: refused.map(({ name, status }) => `${writtenAs(name)}: ${status}`),
      learnt: [
        ...merged(taken.map(takenItem)),
        ...goneVariables(refused.filter(({ status }) => isUnknown(status)).map(({ name }) => name)),
        ...taken.flatMap((setting) => raised(setting, context)),
      ],
    },
    context,
    refused.length === judged.length && refused.every(({ status }) => isUnsupported(status)),
  )
  const afterBoot = taken.some(({ status }) => status === 'RebootRequired')
  return after.accepted && after.note === undefined && afterBoot ? { ...after, note: 'in force after a reboot' } : after
}

/** A value that is in force after a boot is not the value yet. */
const takenItem = ({ name, attribute, value, status }: Setting & { readonly status: string }) =>
  status === 'Accepted' ? valued(name, attribute, value, { afterBoot: null }) : withoutValue(name, attribute, value)

const withoutValue = (name: VariableName, attribute: Attribute, value: string) => {
  const { key, body } = valued(name, attribute, value)
  const { value: now, ...others } = body
  return { key, body: { ...others, ...(now !== undefined && { afterBoot: now }) } }
}

/** The network profile that comes first is the one it connects with next, and so is its security profile (A05, B09). */
const raised = ({ name, value }: Setting, { slots = {} }: OrderContext): readonly MirrorChange[] => {
  if (variableKey(name) !== 'ocppcommctrlr.networkconfigurationpriority') return []
  const profile = slots[value.split(',')[0]?.trim() ?? '']
  return profile === undefined ? [] : [{ type: 'securityProfile', profile }]
}

/**
 * SetVariables — set variables of the device model, as many at once as the station takes. 2.0.1 part 2 B05. RebootRequired:
 * taken, and in force after a reboot. The password is set by an order of its own (A01), which knows what to do when its
 * answer is lost.
 */
export const SetVariables: Action = two(
  order('setVariables', {
    action: 'SetVariables',
    tell: ({ variables }, context) => tell(variables, context),
    told: (response: SetVariablesResponse, { variables }, context) => told(response, variables, context),
    refused: (code, { variables }, context) => inHalves(code, partOf(settingsOf(variables), context).length, context),
  }),
  order('setConfig', {
    action: 'SetVariables',
    tell: ({ key, value, attribute }, context) => tell([{ key, value, ...(attribute && { attribute }) }], context),
    told: (response: SetVariablesResponse, { key, value, attribute }, context) => {
      const outcome = told(response, [{ key, value, ...(attribute && { attribute }) }], context)
      if (!outcome.accepted || (attribute ?? 'actual') !== 'actual') return outcome
      // by the name that the operator has for it, which is the same in every version
      const set = { type: 'configuration.set', key, value, afterBoot: outcome.note !== undefined } as const
      return { ...outcome, learnt: [set, ...(outcome.learnt ?? [])] }
    },
  }),
  order('moveStation', {
    action: 'SetVariables',
    tell: ({ slot }, { stage = 0, priority = '', ...context }) =>
      stage === 1 ? tell([first(slot, priority)], context) : { otherwise: true },
    told: (response: SetVariablesResponse, { slot }, { priority = '', ...context }) => {
      const outcome = told(response, [first(slot, priority)], context)
      return outcome.accepted ? { ...outcome, note: 'the profile comes first', again: { stage: 2 } } : outcome
    },
  }),
  order('rotatePassword', {
    action: 'SetVariables',
    tell: (_, { secret }) =>
      secret === undefined
        ? { unsupported: 'no password was made' }
        : { payload: { setVariableData: [{ ...wirePlace(passwordName), attributeValue: secret }] } },
    told: ({ setVariableResult: [result] }: SetVariablesResponse, _, { sealed }) =>
      result === undefined ? failed('not answered') : learntAs(result.attributeStatus, sealed),
  }),
)

/** A slot before all the others that the station tries, which stay as they are. */
const first = (slot: number, priority: string): WantedValue => {
  const others = priority.split(',').map((other) => other.trim())
  return {
    key: 'OCPPCommCtrlr.NetworkConfigurationPriority',
    value: [String(slot), ...others.filter((other) => other !== '' && other !== String(slot))].join(','),
  }
}

const passwordName: VariableName = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } }
