import type { PartyStore } from '../../core/ports/market.ts'
import type { CallModule } from '../../core/ports/roaming.ts'
import type { PartnerDesk, Reach } from '../../core/ports/roaming-partners.ts'
import { moduleCaller } from './ocpi/call.ts'
import { ocpiDesk } from './ocpi/desk.ts'
import { ocpiModules } from './ocpi/modules/index.ts'
import type { ModuleParts } from './ocpi/modules/parts.ts'
import { ownRoles } from './ocpi/own-roles.ts'
import type { OcpiParts } from './ocpi/parts.ts'
import { rotateOld } from './ocpi/rotation.ts'
import { ocpiServer } from './ocpi/server.ts'
import { reachOver, type Resolve } from './reach.ts'
import { remembered } from './remembered.ts'

type Given = Omit<OcpiParts, 'modules' | 'reach' | 'rolesOf'> &
  Omit<ModuleParts, 'clock' | 'log'> & {
    readonly parties: Pick<PartyStore, 'list'>
    readonly resolve: Resolve
  }

/** Roaming, as the rest of the server has it. */
export interface Roaming {
  readonly desk: PartnerDesk
  readonly call: CallModule
  /** HTTP to partners of any protocol. */
  readonly reach: Reach
  readonly rolesOf: OcpiParts['rolesOf']
  /** Answers partners. */
  readonly serve: (request: Request, address: string) => Promise<Response>
  /** Gives new tokens to those whose are due; answers to how many. */
  readonly rotate: () => Promise<number>
  /** Parties of ours have changed. */
  forgetRoles(tenant: string): void
  close(): void
}

export const openRoaming = ({ parties, resolve, ...given }: Given): Roaming => {
  const reach = reachOver(resolve)
  const roles = remembered(ownRoles(parties))
  const parts: OcpiParts = { ...given, reach, rolesOf: roles.of, modules: ocpiModules(given) }
  const desk = ocpiDesk(parts)
  return {
    desk,
    call: moduleCaller(parts),
    reach,
    rolesOf: roles.of,
    serve: ocpiServer(parts),
    rotate: () => rotateOld(parts, desk),
    forgetRoles: roles.forget,
    close: () => reach.close(),
  }
}
