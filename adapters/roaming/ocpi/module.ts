import type { InterfaceRole, OcpiVersion, RoamingPartner, Side } from '../../../core/domain/roaming-partner.ts'
import type { Answer } from './envelope.ts'
import type { Routing } from './routing.ts'

/** A request of a registered partner to one of our modules. */
export interface ModuleRequest {
  /** Its version is that of the address, which may be older than the one that was agreed on. */
  readonly partner: RoamingPartner
  readonly version: OcpiVersion
  readonly method: string
  /** What stands behind the module's name, each part decoded: `['DE', 'ABC', 'LOC1']`. */
  readonly path: readonly string[]
  readonly routing: Routing
  /** Where this module stands for this partner, without a slash at its end: addresses in answers begin with it. */
  readonly base: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** As it came, at most as long as bodies may be; empty where there is none. */
  readonly body: string
}

/** One module of ours, on one side of it. Only registered partners get here. */
export interface OcpiModule {
  readonly module: string
  readonly role: InterfaceRole
  /** Only where one of our parties has this role; `either`: it is for whoever roams. */
  readonly as: Side | 'either'
  answer(asked: ModuleRequest): Promise<Answer>
}
