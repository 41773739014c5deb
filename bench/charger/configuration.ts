import type { GetConfigurationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Key, keysOf } from './configuration-keys.ts'
import type { ChargerOptions } from './options.ts'

/** The station's configuration keys; names are the same in any case (CiString). */
export class Configuration {
  readonly #keys: ReadonlyMap<string, readonly [name: string, key: Key]>
  readonly #values = new Map<string, string>()
  /** What the next boot brings into force. */
  readonly #later = new Map<string, string>()

  constructor(options: ChargerOptions) {
    const keys = Object.entries(keysOf(options))
    this.#keys = new Map(keys.map((entry) => [entry[0].toLowerCase(), entry]))
    for (const [name, { value }] of keys) this.#values.set(name, value)
  }

  text(name: string): string {
    return this.#values.get(name) ?? ''
  }

  number(name: string): number {
    return Number(this.text(name))
  }

  isOn(name: string): boolean {
    return this.text(name).toLowerCase() === 'true'
  }

  list(name: string): readonly string[] {
    return this.text(name)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  }

  /** The station's own doing, or the server's answer to a boot. */
  set(name: string, value: string): void {
    this.#values.set(name, value)
  }

  /** An order of the server (OCPP 1.6 §5.4); the name is that of the key it changed. */
  change(
    key: string,
    value: string,
  ): { readonly status: 'Accepted' | 'Rejected' | 'RebootRequired' | 'NotSupported'; readonly name?: string } {
    const [name, known] = this.#keys.get(key.toLowerCase()) ?? []
    if (name === undefined || known === undefined) return { status: 'NotSupported' }
    if (known.access === 'R' || known.takes?.(value) !== true) return { status: 'Rejected' }
    if (known.needsReboot === true) {
      this.#later.set(name, value)
      return { status: 'RebootRequired', name }
    }
    this.#values.set(name, value)
    return { status: 'Accepted', name }
  }

  booted(): void {
    for (const [name, value] of this.#later) this.#values.set(name, value)
    this.#later.clear()
  }

  /** The keys that were asked for, or all of them; what is write-only is named without its value. */
  tell(asked: readonly string[] = []): GetConfigurationResponse {
    const wanted = asked.length > 0 ? asked : [...this.#keys.keys()]
    const found = wanted.map((key) => [key, this.#keys.get(key.toLowerCase())] as const)
    return {
      configurationKey: found.flatMap(([, entry]) => (entry === undefined ? [] : [this.#shown(...entry)])),
      unknownKey: found.flatMap(([key, entry]) => (entry === undefined ? [key] : [])),
    }
  }

  #shown(name: string, { access }: Key): { key: string; readonly: boolean; value?: string } {
    const value = this.#later.get(name) ?? this.text(name)
    return { key: name, readonly: access === 'R', ...(access !== 'W' && { value }) }
  }
}
