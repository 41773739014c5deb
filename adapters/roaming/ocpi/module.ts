import type { InterfaceRole, OcpiVersion, RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Answer } from './envelope.ts'

/** A request of a registered partner to one of our modules. */
export interface ModuleRequest {
  readonly partner: RoamingPartner
  readonly version: OcpiVersion
  readonly method: string
  /** What stands behind the module's name, without the slashes around it: `DE/ABC/LOC1`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** As it came, at most as long as bodies may be; empty where there is none. */
  readonly body: string
}

/** One module of ours, on one side of it. Only registered partners get here. */
export interface OcpiModule {
  readonly module: string
  readonly role: InterfaceRole
  answer(asked: ModuleRequest): Promise<Answer>
}
