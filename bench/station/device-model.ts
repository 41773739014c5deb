import type {
  ComponentType,
  GetVariableDataType,
  GetVariableResultType,
  SetVariableDataType,
  SetVariableResultType,
  VariableType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { componentKey, takes, type Variable, variableKey } from './variable.ts'

/** The variables of a station and what they stand at; one is asked for by its place, `TxCtrlr/TxStartPoint`. */
export class DeviceModel {
  readonly #variables: ReadonlyMap<string, Variable>
  readonly #components: ReadonlySet<string>
  readonly #values = new Map<string, string>()
  /** What the next boot brings into force. */
  readonly #later = new Map<string, string>()

  constructor(variables: readonly Variable[]) {
    this.#variables = new Map(variables.map((one) => [variableKey(one.component, one.variable), one]))
    this.#components = new Set(variables.map(({ component }) => componentKey(component)))
  }

  get all(): readonly Variable[] {
    return [...this.#variables.values()]
  }

  text(at: string): string {
    const known = this.#variables.get(at.toLowerCase())
    if (known === undefined) throw new Error(`there is no variable ${at}`)
    return this.valueOf(known)
  }

  number(at: string): number {
    return Number(this.text(at))
  }

  isOn(at: string): boolean {
    return this.text(at).toLowerCase() === 'true'
  }

  list(at: string): readonly string[] {
    return this.text(at)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  }

  /** The station's own doing, or the server's answer to a boot. */
  set(at: string, value: string): void {
    this.#values.set(at.toLowerCase(), value)
  }

  /** A change waits for a boot. */
  get isWaiting(): boolean {
    return this.#later.size > 0
  }

  booted(): void {
    for (const [key, value] of this.#later) this.#values.set(key, value)
    this.#later.clear()
  }

  valueOf({ component, variable, value }: Variable): string {
    return typeof value === 'string' ? (this.#values.get(variableKey(component, variable)) ?? value) : value()
  }

  find(component: ComponentType, variable: VariableType): Variable | 'UnknownComponent' | 'UnknownVariable' {
    const known = this.#variables.get(variableKey(component, variable))
    if (known !== undefined) return known
    return this.#components.has(componentKey(component)) ? 'UnknownVariable' : 'UnknownComponent'
  }

  get({ component, variable, attributeType = 'Actual' }: GetVariableDataType): GetVariableResultType {
    const place = { component, variable, attributeType }
    const known = this.find(component, variable)
    if (typeof known === 'string') return { ...place, attributeStatus: known }
    if (attributeType !== 'Actual') return { ...place, attributeStatus: 'NotSupportedAttributeType' }
    if (known.access === 'WriteOnly') return { ...place, attributeStatus: 'Rejected' }
    return { ...place, attributeStatus: 'Accepted', attributeValue: this.valueOf(known) }
  }

  /** `judge` knows better than the characteristics what would be of no use. */
  change(
    { component, variable, attributeType = 'Actual', attributeValue }: SetVariableDataType,
    judge: (at: string, value: string) => boolean,
  ): SetVariableResultType & { readonly at: string } {
    const at = variableKey(component, variable)
    const place = { component, variable, attributeType, at }
    const known = this.find(component, variable)
    if (typeof known === 'string') return { ...place, attributeStatus: known }
    if (attributeType !== 'Actual') return { ...place, attributeStatus: 'NotSupportedAttributeType' }
    const isTaken = known.access !== 'ReadOnly' && takes(known, attributeValue) && judge(at, attributeValue)
    if (!isTaken) return { ...place, attributeStatus: 'Rejected' }
    if (known.needsReboot) {
      this.#later.set(at, attributeValue)
      return { ...place, attributeStatus: 'RebootRequired' }
    }
    this.#values.set(at, attributeValue)
    return { ...place, attributeStatus: 'Accepted' }
  }
}
