import type {
  ComponentType,
  DataEnumType,
  MutabilityEnumType,
  VariableCharacteristicsType,
  VariableType,
} from 'typed-ocpp/dist/ocpp21/types.js'

/** A variable of the device model (2.0.1 part 1 §4): what it is, what it may become, and what it begins with. */
export interface Variable {
  readonly component: ComponentType
  readonly variable: VariableType
  readonly access: MutabilityEnumType
  readonly characteristics: VariableCharacteristicsType
  /** Made anew each time where the station itself knows it. */
  readonly value: string | (() => string)
  /** Comes into force with the next boot only. */
  readonly needsReboot: boolean
}

/** A variable without its place. */
export type Definition = Omit<Variable, 'component' | 'variable'>

type Limits = Omit<VariableCharacteristicsType, 'dataType' | 'supportsMonitoring'>

const settable = (dataType: DataEnumType, value: Variable['value'], limits: Limits = {}): Definition => ({
  access: 'ReadWrite',
  characteristics: { dataType, supportsMonitoring: false, ...limits },
  value,
  needsReboot: false,
})

export const flag = (value: boolean): Definition => settable('boolean', String(value))
export const whole = (value: number, limits: Limits = {}): Definition =>
  settable('integer', String(value), { minLimit: 0, ...limits })
export const text = (value: string, maxLimit = 255): Definition => settable('string', value, { maxLimit })
export const members = (value: string, values: readonly string[]): Definition =>
  settable('MemberList', value, { valuesList: values.join(',') })
export const sequence = (value: string, values: readonly string[]): Definition =>
  settable('SequenceList', value, { valuesList: values.join(',') })
export const option = (value: Variable['value'], values: readonly string[]): Definition =>
  settable('OptionList', value, { valuesList: values.join(',') })
export const decimal = (value: Variable['value'], limits: Limits = {}): Definition => settable('decimal', value, limits)
export const dateTime = (value: () => string): Definition => settable('dateTime', value)
/** An integer or a text that the station makes itself. */
export const made = (dataType: DataEnumType, value: () => string, limits: Limits = {}): Definition =>
  settable(dataType, value, limits)

export const fixed = (definition: Definition): Definition => ({ ...definition, access: 'ReadOnly' })
export const secret = (definition: Definition): Definition => ({ ...definition, access: 'WriteOnly' })
export const atBoot = (definition: Definition): Definition => ({ ...definition, needsReboot: true })
/** A monitor may be set on it. */
export const watched = (definition: Definition): Definition => ({
  ...definition,
  characteristics: { ...definition.characteristics, supportsMonitoring: true },
})

const place = /^(?<name>\w+)(?:\[(?<instance>[^\]]+)\])?(?:@(?<evse>\d+)(?:\.(?<connector>\d+))?)?$/

/** `EVSE@1`, `Connector@1.1`, `OCPPCommCtrlr`. */
const componentAt = (at: string): ComponentType => {
  const { name = at, instance, evse, connector } = place.exec(at)?.groups ?? {}
  return {
    name,
    ...(instance !== undefined && { instance }),
    ...(evse !== undefined && {
      evse: { id: Number(evse), ...(connector !== undefined && { connectorId: Number(connector) }) },
    }),
  }
}

/** A table of variables by their places: `OCPPCommCtrlr/MessageAttempts[TransactionEvent]`, `EVSE@1/Power`. */
export const variablesIn = (table: Readonly<Record<string, Definition>>): readonly Variable[] =>
  Object.entries(table).map(([at, definition]) => {
    const [component = '', variable = ''] = at.split('/')
    const { name, instance } = componentAt(variable)
    return {
      component: componentAt(component),
      variable: { name, ...(instance !== undefined && { instance }) },
      ...definition,
    }
  })

/** Names are the same in any case (part 2, identifierString); no instance is not any instance. */
export const componentKey = ({ name, instance, evse }: ComponentType): string =>
  `${name}${instance === undefined ? '' : `[${instance}]`}${evse === undefined ? '' : `@${evse.id}${evse.connectorId === undefined ? '' : `.${evse.connectorId}`}`}`.toLowerCase()

export const variableKey = (component: ComponentType, { name, instance }: VariableType): string =>
  `${componentKey(component)}/${name}${instance === undefined ? '' : `[${instance}]`}`.toLowerCase()

const listed = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Whether a variable may become this, by its characteristics. */
export const takes = ({ characteristics }: Variable, value: string): boolean => {
  const { dataType, minLimit = -Infinity, maxLimit = Infinity, valuesList = '' } = characteristics
  const known = listed(valuesList)
  switch (dataType) {
    case 'boolean':
      return /^(?:true|false)$/i.test(value)
    case 'integer':
    case 'decimal': {
      const isNumber = dataType === 'integer' ? /^-?\d{1,12}$/.test(value) : /^-?\d{1,12}(?:\.\d+)?$/.test(value)
      return isNumber && Number(value) >= minLimit && Number(value) <= maxLimit
    }
    case 'dateTime':
      return !Number.isNaN(Date.parse(value))
    case 'OptionList':
      return known.includes(value)
    case 'MemberList':
    case 'SequenceList':
      return listed(value).every((item) => known.includes(item)) && new Set(listed(value)).size === listed(value).length
    case 'string':
      return value.length >= minLimit && value.length <= maxLimit
  }
}
