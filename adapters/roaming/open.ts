import type { PartyStore } from '../../core/ports/market.ts'
import type { CallModule } from '../../core/ports/roaming.ts'
import type { AskDesk, RoamingCommandDesk } from '../../core/ports/roaming-commands.ts'
import type { PartnerDesk, Reach } from '../../core/ports/roaming-partners.ts'
import type { RoamingAuthorizer } from '../../core/ports/roaming-authorizer.ts'
import type { RoamingAuthorizations } from '../../core/ports/roaming-tokens.ts'
import type { Telemetry } from '../../core/ports/telemetry.ts'
import type { Timers } from '../../core/ports/timers.ts'
import { roamingAuthorizer } from './authorizer.ts'
import { knownPartners } from './known-partners.ts'
import { askAuthorization, type AskPartner } from './ocpi/ask-authorization.ts'
import { addressFault } from './ocpi/address.ts'
import { moduleCaller } from './ocpi/call.ts'
import { ocpiDesk } from './ocpi/desk.ts'
import { ocpiModules } from './ocpi/modules/index.ts'
import type { ModuleParts } from './ocpi/modules/parts.ts'
import { pullClients } from './ocpi/hub-clients.ts'
import { keepToken } from './ocpi/keep-token.ts'
import { ownRoles } from './ocpi/own-roles.ts'
import type { OcpiParts } from './ocpi/parts.ts'
import { newAddress, hashOfAddress, urlOfResult } from './ocpi/result-address.ts'
import { rotateOld } from './ocpi/rotation.ts'
import { ocpiServer } from './ocpi/server.ts'
import { wordingFor } from './ocpi/wording.ts'
import { reachOver, type Resolve } from './reach.ts'
import { remembered } from './remembered.ts'

type Given<Asks extends AskDesk> = Omit<OcpiParts, 'modules' | 'reach' | 'rolesOf'> &
  Omit<ModuleParts, 'clock' | 'log' | 'ids' | 'commands' | 'asks' | 'mayCall'> & {
    readonly parties: Pick<PartyStore, 'list'>
    readonly resolve: Resolve
    readonly authorizations: RoamingAuthorizations
    readonly timers: Timers
    readonly telemetry: Telemetry
    /** Asks a hub that speaks OICP. */
    readonly askHub: AskPartner
    /** Made of what roaming can do, and part of what its modules stand on. */
    readonly desks: (can: RoamingMeans) => { readonly commands: RoamingCommandDesk; readonly asks: Asks }
  }

/** What commands are carried out and asked for with. */
export interface RoamingMeans {
  readonly call: CallModule
  readonly rolesOf: OcpiParts['rolesOf']
  readonly newAddress: ReturnType<typeof newAddress>
  readonly hashOf: ReturnType<typeof hashOfAddress>
  readonly urlOf: ReturnType<typeof urlOfResult>
}

/** Roaming, as the rest of the server has it. */
export interface Roaming<Asks extends AskDesk = AskDesk> {
  readonly desk: PartnerDesk
  readonly call: CallModule
  /** Objects of our model as a partner is to have them. */
  readonly wording: ReturnType<typeof wordingFor>
  readonly asks: Asks
  /** HTTP to partners of any protocol. */
  readonly reach: Reach
  readonly rolesOf: OcpiParts['rolesOf']
  /** Answers partners. */
  readonly serve: (request: Request, address: string) => Promise<Response>
  /** Gives new tokens to those whose are due; answers to how many. */
  readonly rotate: () => Promise<number>
  readonly authorizer: RoamingAuthorizer
  /** Asks hubs for their parties; answers how many hubs that were. */
  readonly pullClients: () => Promise<number>
  /** Partners of a tenant have changed. */
  forgetPartners(tenant: string): void
  /** Parties of ours have changed. */
  forgetRoles(tenant: string): void
  /** Nobody can say what has changed. */
  forgetAll(): void
  close(): void
}

export const openRoaming = <Asks extends AskDesk>({
  parties,
  resolve,
  authorizations,
  timers,
  telemetry,
  desks,
  askHub,
  ...given
}: Given<Asks>): Roaming<Asks> => {
  const reach = reachOver(resolve)
  const roles = remembered(ownRoles(parties))
  const call = moduleCaller({ ...given, reach })
  const { commands, asks } = desks({
    call,
    rolesOf: roles.of,
    newAddress: newAddress(given),
    hashOf: hashOfAddress(given.digest),
    urlOf: urlOfResult(given),
  })
  const modules = ocpiModules({ ...given, commands, asks, mayCall: callable(resolve, given) })
  const parts: OcpiParts = { ...given, reach, rolesOf: roles.of, modules }
  const desk = ocpiDesk(parts)
  const clients = (): Promise<number> => pullClients({ ...parts, call, timers })
  const known = knownPartners(given.partners)
  const { clock, log, receivedTokens } = given
  const askOcpi = askAuthorization({ call, receivedTokens, clock })
  const authorizer = roamingAuthorizer({
    ask: (partner, question) => (partner.protocol === 'oicp' ? askHub : askOcpi)(partner, question),
    partners: known,
    authorizations,
    keep: (partner, token) => keepToken({ receivedTokens, clock }, partner, token),
    clock,
    timers,
    telemetry,
    log,
  })
  return {
    desk: {
      ...desk,
      async connect(ref, told, by) {
        const partner = await desk.connect(ref, told, by)
        // who is behind a hub is asked as soon as there is one
        if (typeof partner === 'object' && partner.hub !== undefined) await clients()
        return partner
      },
    },
    pullClients: clients,
    wording: wordingFor(given.published),
    call,
    authorizer,
    forgetPartners: known.forget,
    asks,
    reach,
    rolesOf: roles.of,
    serve: ocpiServer(parts),
    rotate: () => rotateOld(parts, desk),
    forgetRoles: roles.forget,
    forgetAll() {
      known.forgetAll()
      roles.forgetAll()
    },
    close: () => reach.close(),
  }
}

/** Asked of an address before anything is done for whoever has chosen it; where it leads when it is called is looked at again then. */
export const callable =
  (resolve: Resolve, { namedHosts, log }: Pick<OcpiParts, 'namedHosts' | 'log'>): ModuleParts['mayCall'] =>
  async (url) => {
    const fault =
      addressFault(url, namedHosts) ??
      (await resolve(new URL(url).hostname.replace(/^\[(.+)\]$/, '$1')).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ))
    if (fault !== undefined) log.warn('an address that a roaming partner has chosen is not called', { reason: fault })
    return fault
  }
