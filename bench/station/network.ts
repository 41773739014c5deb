import type { NetworkConnectionProfileType } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'

/** Where a station connects to, and how (B09, B10): slot 0 is what it was delivered with, the others the server fills. */
export const slots = [1, 2, 3] as const

const lowestOverTls = 2

/** The network profiles of a station, and the one that it uses. */
export class Network {
  readonly #station: Station
  readonly #profiles = new Map<number, NetworkConnectionProfileType>()
  active = 0

  constructor(station: Station) {
    this.#station = station
  }

  get profile(): Pick<
    NetworkConnectionProfileType,
    'ocppCsmsUrl' | 'securityProfile' | 'identity' | 'basicAuthPassword'
  > {
    const { url } = this.#station.options
    const delivered = { ocppCsmsUrl: url, securityProfile: url.startsWith('wss:') ? lowestOverTls : 1 }
    return this.#profiles.get(this.active) ?? delivered
  }

  has(slot: number): boolean {
    return slot === 0 || this.#profiles.has(slot)
  }

  /** Why a profile is of no use, or nothing. */
  faultOf(slot: number, profile: NetworkConnectionProfileType): string | undefined {
    if (!slots.some((one) => one === slot)) return 'there is no such slot'
    if (profile.ocppTransport !== 'JSON') return 'this station speaks JSON'
    if (profile.securityProfile < this.profile.securityProfile) return 'never to a lower security profile'
    if (!/^wss?:\/\//.test(profile.ocppCsmsUrl)) return 'there is no such address'
    return undefined
  }

  set(slot: number, profile: NetworkConnectionProfileType): void {
    this.#profiles.set(slot, profile)
  }

  /** It starts anew, with the first of its priorities. */
  booted(): void {
    this.active = this.#priorities[0] ?? 0
  }

  /** It did not get through as often as it is to try: the next of its priorities, and after the last the first again. */
  failed(times: number): void {
    const priorities = this.#priorities
    const most = this.#station.model.number('OCPPCommCtrlr/NetworkProfileConnectionAttempts')
    if (times % most !== 0) return
    const next = priorities[(priorities.indexOf(this.active) + 1) % Math.max(1, priorities.length)]
    if (next === undefined || next === this.active) return
    this.active = next
    // another profile is a new beginning (errata B10.FR.10)
    this.#station.registration.startAnew('Unknown')
  }

  get #priorities(): readonly number[] {
    return this.#station.model
      .list('OCPPCommCtrlr/NetworkConfigurationPriority')
      .map(Number)
      .filter((one) => this.has(one))
  }
}
