import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { PartyStore } from '../../core/ports/market.ts'
import type { CallModule } from '../../core/ports/roaming.ts'
import type { PartnerDesk } from '../../core/ports/roaming-partners.ts'
import type { Json } from '../../core/roaming/field.ts'
import { type Sent, toWire } from '../../core/roaming/wire.ts'
import type { RoamingAuthorizer } from '../../core/ports/roaming-authorizer.ts'
import type { RoamingAuthorizations } from '../../core/ports/roaming-tokens.ts'
import type { Telemetry } from '../../core/ports/telemetry.ts'
import type { Timers } from '../../core/ports/timers.ts'
import { roamingAuthorizer } from './authorizer.ts'
import { knownPartners } from './known-partners.ts'
import { askAuthorization } from './ocpi/ask-authorization.ts'
import { moduleCaller } from './ocpi/call.ts'
import { ocpiDesk } from './ocpi/desk.ts'
import { ocpiModules } from './ocpi/modules/index.ts'
import type { ModuleParts } from './ocpi/modules/parts.ts'
import { keepToken } from './ocpi/keep-token.ts'
import { ownRoles } from './ocpi/own-roles.ts'
import type { OcpiParts } from './ocpi/parts.ts'
import { rotateOld } from './ocpi/rotation.ts'
import { ocpiServer } from './ocpi/server.ts'
import { reachOver, type Resolve } from './reach.ts'
import { remembered } from './remembered.ts'

type Given = Omit<OcpiParts, 'modules' | 'reach' | 'rolesOf'> &
  Omit<ModuleParts, 'clock' | 'log' | 'ids'> & {
    readonly parties: Pick<PartyStore, 'list'>
    readonly resolve: Resolve
    readonly authorizations: RoamingAuthorizations
    readonly timers: Timers
    readonly telemetry: Telemetry
  }

type PushedKind = 'location' | 'tariff' | 'token' | 'session'

/** Roaming, as the rest of the server has it. */
export interface Roaming {
  readonly desk: PartnerDesk
  readonly call: CallModule
  /** An object of our model as a partner is to have it. */
  readonly wording: (to: RoamingPartner, kind: PushedKind, object: Json) => Sent
  readonly rolesOf: OcpiParts['rolesOf']
  /** Answers partners. */
  readonly serve: (request: Request, address: string) => Promise<Response>
  /** Gives new tokens to those whose are due; answers to how many. */
  readonly rotate: () => Promise<number>
  readonly authorizer: RoamingAuthorizer
  /** Partners of a tenant have changed. */
  forgetPartners(tenant: string): void
  /** Parties of ours have changed. */
  forgetRoles(tenant: string): void
  close(): void
}

export const openRoaming = ({ parties, resolve, authorizations, timers, telemetry, ...given }: Given): Roaming => {
  const reach = reachOver(resolve)
  const roles = remembered(ownRoles(parties))
  const parts: OcpiParts = { ...given, reach, rolesOf: roles.of, modules: ocpiModules(given) }
  const desk = ocpiDesk(parts)
  const call = moduleCaller(parts)
  const known = knownPartners(given.partners)
  const { clock, log, receivedTokens } = given
  const authorizer = roamingAuthorizer({
    ask: askAuthorization({ call, clock }),
    partners: known,
    authorizations,
    keep: (partner, token) => keepToken({ receivedTokens, clock }, partner, token),
    clock,
    timers,
    telemetry,
    log,
  })
  return {
    desk,
    wording: ({ version = '2.2.1' }, kind, object) => toWire(object as never, { kind, version }),
    call,
    authorizer,
    forgetPartners: known.forget,
    rolesOf: roles.of,
    serve: ocpiServer(parts),
    rotate: () => rotateOld(parts, desk),
    forgetRoles: roles.forget,
    close: () => reach.close(),
  }
}
