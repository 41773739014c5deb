import type { Body, Item } from '../../domain/item.ts'
import type { MirrorChange } from '../../domain/mirror.ts'
import { clean } from '../../domain/text.ts'
import {
  type Attribute,
  type Component,
  type Place,
  type Variable,
  variableKey,
  type VariableName,
  writtenAs,
} from '../../domain/variable.ts'
import { isSecretName } from '../mask.ts'

/** Variables in the words of 2.x, and as the mirror keeps them. */

export interface WireComponent {
  readonly name: string
  readonly instance?: string
  readonly evse?: { readonly id: number; readonly connectorId?: number }
}

export interface WireVariable {
  readonly component: WireComponent
  readonly variable: Variable
}

export const wireAttributes = { actual: 'Actual', target: 'Target', minSet: 'MinSet', maxSet: 'MaxSet' } as const
export const attributeOf = (type: string | undefined): Attribute =>
  (Object.entries(wireAttributes).find(([, name]) => name === type)?.[0] ?? 'actual') as Attribute

/** Longest value of any version. */
const longestValue = 2_500

export const componentOf = ({ name, instance, evse }: WireComponent): Component => ({
  name: clean(name, 50),
  ...(instance !== undefined && { instance: clean(instance, 50) }),
  ...(evse !== undefined && { evse: evse.id }),
  ...(evse?.connectorId !== undefined && { connector: evse.connectorId }),
})

export const nameOf = ({ component, variable }: WireVariable): VariableName => ({
  component: componentOf(component),
  variable: {
    name: clean(variable.name, 50),
    ...(variable.instance !== undefined && { instance: clean(variable.instance, 50) }),
  },
})

export const wireComponent = ({ name, instance, evse, connector }: Component): WireComponent => ({
  name,
  ...(instance !== undefined && { instance }),
  ...(evse !== undefined && { evse: { id: evse, ...(connector !== undefined && { connectorId: connector }) } }),
})

export const wirePlace = ({ component, variable }: Place): object => ({
  component: wireComponent(component),
  ...(variable !== undefined && { variable }),
})

/** What an item says of itself first: where it is, and what it is called. */
export const placeBody = ({ component, variable }: Place): Body => ({
  name: writtenAs({ component, ...(variable !== undefined && { variable }) }),
  component: component.name,
  ...(component.instance !== undefined && { instance: component.instance }),
  ...(component.evse !== undefined && { evse: component.evse }),
  ...(component.connector !== undefined && { connector: component.connector }),
  ...(variable !== undefined && { variable: variable.name }),
  ...(variable?.instance !== undefined && { variableInstance: variable.instance }),
})

/** A value that may be shown and kept; of a secret nothing is (A01.FR.09). */
export const shownValue = (name: string, value: string): string | undefined =>
  isSecretName(name) ? undefined : clean(value, longestValue)

/** Under which field of its item each value stands: the value that is, is the variable's value. */
const fields: Readonly<Record<Attribute, string>> = {
  actual: 'value',
  target: 'target',
  minSet: 'minSet',
  maxSet: 'maxSet',
}

/** A variable with one of its values, for the mirror to add to what it knows of it. */
export const valued = (name: VariableName, attribute: Attribute, value: string, more: Body = {}): Item => {
  const shown = shownValue(name.variable.name, value)
  return {
    key: variableKey(name),
    body: { ...placeBody(name), ...(shown !== undefined && { [fields[attribute]]: shown }), ...more },
  }
}

export const fieldOf = (attribute: Attribute): string => fields[attribute]

/**
 * The results of a message by what they are about. One that leaves out which value it means, though another than the actual
 * was asked for, is about what stood in its place.
 */
export const byKey = <Result extends WireVariable & { readonly attributeType?: string }>(
  results: readonly Result[],
  part: readonly { readonly name: VariableName; readonly attribute: Attribute }[],
  keyOf: (asked: { readonly name: VariableName; readonly attribute: Attribute }) => string,
): ReadonlyMap<string, Result> =>
  new Map(
    results.map((result, i) => {
      const name = nameOf(result)
      const asked = part[i]
      const isInPlace = asked !== undefined && variableKey(asked.name) === variableKey(name)
      const attribute =
        result.attributeType === undefined && isInPlace ? asked.attribute : attributeOf(result.attributeType)
      return [keyOf({ name, attribute }), result]
    }),
  )

export const merged = (items: readonly Item[]): readonly MirrorChange[] =>
  items.length === 0 ? [] : [{ type: 'items.put', kind: 'variable', items, merge: true }]

/** What the station says it does not have. */
export const goneVariables = (names: readonly VariableName[]): readonly MirrorChange[] =>
  names.length === 0 ? [] : [{ type: 'items.removed', kind: 'variable', keys: names.map(variableKey) }]

export const isUnknown = (status: string): boolean => status === 'UnknownComponent' || status === 'UnknownVariable'
/** The station cannot, whatever the value. */
export const isUnsupported = (status: string): boolean => isUnknown(status) || status === 'NotSupportedAttributeType'
