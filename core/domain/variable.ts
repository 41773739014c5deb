/**
 * Variables of a station's device model (OCPP 2.0.1 part 1 §4): a component, at the station, an EVSE or a connector; its
 * variable; and which of the variable's four values is meant. Names are equal whatever their case, and no instance means
 * that there is none, not any.
 */
export interface Component {
  readonly name: string
  readonly instance?: string
  readonly evse?: number
  readonly connector?: number
}

export interface Variable {
  readonly name: string
  readonly instance?: string
}

export interface VariableName {
  readonly component: Component
  readonly variable: Variable
}

/** The value that is, the one that is aimed at, and between which two it may be set. */
export const attributes = ['actual', 'target', 'minSet', 'maxSet'] as const
export type Attribute = (typeof attributes)[number]

/** A variable as an operator names it: `Component[instance]:evse/connector.Variable[instance]`, or in parts. */
export interface NamedVariable {
  readonly key?: string
  readonly component?: Component
  readonly variable?: Variable
}

export interface WantedVariable extends NamedVariable {
  readonly attribute?: Attribute
}

export interface WantedValue extends WantedVariable {
  readonly value: string
}

/** A component, or one variable of it: what a report or a display is asked for. */
export interface Place {
  readonly component: Component
  readonly variable?: Variable
}

const part = String.raw`([^.:[\]/]+)(?:\[([^\]]+)\])?`
const written = new RegExp(String.raw`^${part}(?::(\d{1,9})(?:/(\d{1,9}))?)?(?:\.${part})?$`)

/** What a text names; undefined where it names nothing. Characters that part it are written `%2E` where a name has them. */
export const parsePlace = (key: string): Place | undefined => {
  const [, name, instance, evse, connector, variable, of] = written.exec(key.trim()) ?? []
  if (name === undefined) return undefined
  return {
    component: {
      name: unescaped(name),
      ...(instance !== undefined && { instance: unescaped(instance) }),
      ...(evse !== undefined && { evse: Number(evse) }),
      ...(connector !== undefined && { connector: Number(connector) }),
    },
    ...(variable !== undefined && {
      variable: { name: unescaped(variable), ...(of !== undefined && { instance: unescaped(of) }) },
    }),
  }
}

/** What is meant, whichever way it was named. */
export const placeOf = ({ key, component, variable }: NamedVariable): Place | undefined =>
  component === undefined
    ? key === undefined
      ? undefined
      : parsePlace(key)
    : { component, ...(variable !== undefined && { variable }) }

export const variableOf = (named: NamedVariable): VariableName | undefined => {
  const { component, variable } = placeOf(named) ?? {}
  return component === undefined || variable === undefined ? undefined : { component, variable }
}

/** The one text for it, as people read it. */
export const writtenAs = ({ component, variable }: Place): string => {
  const { name, evse, connector } = component
  const at = evse === undefined ? '' : `:${evse}${connector === undefined ? '' : `/${connector}`}`
  const of = variable === undefined ? '' : `.${escaped(variable.name)}${bracketed(variable.instance)}`
  return `${escaped(name)}${bracketed(component.instance)}${at}${of}`
}

/** The same for the same variable, however its station spells it. */
export const variableKey = (place: Place): string => writtenAs(place).toLowerCase().slice(0, 500)

const bracketed = (instance: string | undefined): string =>
  instance === undefined ? '' : `[${instance.replaceAll(/[%\]]/g, percent)}]`
const escaped = (name: string): string => name.replaceAll(/[%.:[\]/]/g, percent)
const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
const unescaped = (text: string): string =>
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
