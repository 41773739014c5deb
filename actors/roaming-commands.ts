import type { Command } from '../core/domain/command.ts'
import type { Reservation } from '../core/domain/reservation.ts'
import { announcedS, type RoamingCommand } from '../core/domain/roaming-command.ts'
import type { RoamingPartner } from '../core/domain/roaming-partner.ts'
import type { Session } from '../core/domain/session.ts'
import { formatPartyCode } from '../core/domain/party-code.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Ids } from '../core/ports/ids.ts'
import type {
  CommandGrants,
  CommandTargets,
  Granted,
  Preferred,
  PresentedTokens,
  RoamingCommandDesk,
  RoamingCommandStore,
  Wish,
  Wisher,
} from '../core/ports/roaming-commands.ts'
import type { Store } from '../core/ports/store.ts'
import type { ChargingPreferences, Token } from '../core/roaming/model.ts'
import {
  isOfPartner,
  isPlan,
  type Plan,
  planOfCancel,
  planOfReserve,
  planOfSession,
  planOfStart,
  planOfUnlock,
  rejected,
} from './roaming-command/resolve.ts'

export interface RoamingCommandParts {
  readonly commands: RoamingCommandStore
  readonly targets: CommandTargets
  readonly grants: CommandGrants
  readonly tokens: PresentedTokens
  readonly store: {
    readonly chargePoints: Pick<Store['chargePoints'], 'find'>
    readonly commands: Pick<Store['commands'], 'find'>
    readonly reservations: Pick<Store['reservations'], 'find'>
    readonly sessions: Pick<Store['sessions'], 'find'>
    readonly tokens: Pick<Store['tokens'], 'find'>
  }
  readonly commander: Pick<Commander, 'order'>
  readonly clock: Clock
  readonly ids: Ids
}

const unknownSession: Granted = { type: 'answered', result: 'UNKNOWN_SESSION', timeoutS: 0 }
const accepted: Granted = { type: 'answered', result: 'ACCEPTED', timeoutS: announcedS }

/**
 * What partners want of charging stations of ours becomes an order like any operator's. That it was wanted is committed
 * before the order is given, under the name that the order will have: so whoever crashes in between leaves one that is
 * told of all the same.
 */
export class RoamingCommands implements RoamingCommandDesk {
  readonly #parts: RoamingCommandParts

  constructor(parts: RoamingCommandParts) {
    this.#parts = parts
  }

  async take(wish: Wish, by: Wisher): Promise<Granted> {
    const plan = await this.#planOf(wish, by)
    if (!isPlan(plan)) return plan
    const { tenant } = by.partner
    const session = 'session_id' in wish ? wish.session_id : undefined
    const shared = session && (await this.#parts.commands.underWay(tenant, session, wish.type))
    // a station is told once to stop; what it makes of that is told to whoever has asked
    if (shared && wish.type !== 'STOP_SESSION') return { type: 'answered', result: 'TOO_OFTEN', timeoutS: 0 }
    const command = this.#commandOf(wish, by, shared ? { ...plan, order: shared.order } : plan)
    const shown = { type: wish.type, chargePoint: plan.chargePoint, session, order: command.order }
    const isNew = await this.#parts.commands.create(command, { label: by.partner.name ?? '', shown })
    if (!isNew) return { type: 'replayed' }
    if (shared) return accepted
    const ref = { tenant, identity: plan.chargePoint }
    if (wish.type === 'START_SESSION' || wish.type === 'RESERVE_NOW') {
      const { token, authorization_reference: reference } = wish
      await this.#parts.grants.grant({
        ...ref,
        partner: by.partner.id,
        order: command.order,
        token,
        at: command.createdAt,
        ...(reference !== undefined && { reference }),
      })
    }
    await this.#parts.commander.order(ref, plan.order, plan.deadlineMs, { id: command.order })
    return accepted
  }

  #commandOf(wish: Wish, by: Wisher, { chargePoint, order }: { chargePoint: string; order: unknown }): RoamingCommand {
    const { clock, ids } = this.#parts
    const { partner, version, from, to, request } = by
    const at = clock.now()
    return {
      tenant: partner.tenant,
      id: ids.uuid(),
      partner: partner.id,
      type: wish.type,
      version,
      responseUrl: wish.response_url,
      state: 'waiting',
      order: typeof order === 'string' ? order : ids.uuid(),
      chargePoint,
      due: at + announcedS * 1_000,
      attempts: 0,
      createdAt: at,
      changedAt: at,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(request !== undefined && { request }),
      ...('session_id' in wish && { session: wish.session_id }),
      ...('reservation_id' in wish && { reservation: wish.reservation_id }),
    }
  }

  async #planOf(wish: Wish, by: Wisher): Promise<Plan | Granted> {
    switch (wish.type) {
      case 'START_SESSION':
      case 'RESERVE_NOW':
      case 'UNLOCK_CONNECTOR':
        return this.#planAt(wish, by)
      case 'CANCEL_RESERVATION': {
        const reserved = await this.#reserved(by.partner, wish.reservation_id)
        return reserved?.state === 'active'
          ? planOfCancel(numbered(reserved))
          : rejected('there is no such reservation')
      }
      case 'STOP_SESSION':
      case 'SET_PROFILE':
      case 'GET_PROFILE':
      case 'CLEAR_PROFILE': {
        const session = await this.#sessionOf(wish.session_id, by.partner)
        if (session === undefined) return unknownSession
        return session.state === 'open' ? planOfSession(wish, session) : rejected('the session is over')
      }
    }
  }

  async #planAt(
    wish: Extract<Wish, { readonly location_id: string }>,
    { partner, to }: Wisher,
  ): Promise<Plan | Granted> {
    const { tenant } = partner
    if ('token' in wish && !isOfPartner(wish.token, partner)) return rejected('the token is of no party of yours')
    const owner = to === undefined ? {} : { owner: to }
    const targets = await this.#parts.targets.of({ tenant, partner: partner.id, id: wish.location_id, ...owner })
    if (targets === undefined) return { type: 'unknownLocation', why: 'there is no such location' }
    if (wish.type === 'UNLOCK_CONNECTOR') return planOfUnlock(wish, targets)
    const plan =
      wish.type === 'START_SESSION' ? planOfStart(wish, targets) : await this.#planOfReserve(wish, partner, targets)
    return isPlan(plan) && !(await this.#keeps(partner, wish.token))
      ? rejected('its uid is that of a token of somebody else here')
      : plan
  }

  async #planOfReserve(
    wish: Extract<Wish, { readonly type: 'RESERVE_NOW' }>,
    partner: RoamingPartner,
    targets: Parameters<typeof planOfReserve>[1],
  ): Promise<Plan | Granted> {
    const reserved = await this.#reserved(partner, wish.reservation_id)
    const isKept = reserved?.state === 'active'
    return planOfReserve(wish, targets, {
      now: this.#parts.clock.now(),
      ...(isKept && { replaces: numbered(reserved) }),
    })
  }

  #keeps(partner: RoamingPartner, token: Token): Promise<boolean> {
    return this.#parts.tokens.keep(partner, token, this.#parts.clock.now())
  }

  /** What a partner has reserved under a name, as it stands with us. */
  async #reserved({ tenant, id }: RoamingPartner, name: string): Promise<Reservation | undefined> {
    const { commands, store } = this.#parts
    const command = await commands.reserved(tenant, id, name)
    const order = command && (await store.commands.find(tenant, command.order))
    return order && store.reservations.find(tenant, reservationNumber(order))
  }

  /** A session that is the partner's: it has begun it, or its driver's token is of one of its parties. */
  async #sessionOf(id: string, partner: RoamingPartner): Promise<Session | undefined> {
    const { commands, store } = this.#parts
    const session = await store.sessions.find(partner.tenant, id)
    if (session === undefined) return undefined
    if (session.command !== undefined) {
      const whose = await commands.partnerOf(partner.tenant, session.command)
      if (whose !== undefined) return whose === partner.id ? session : undefined
    }
    const { token } = session
    if (token === undefined || (await store.tokens.find(partner.tenant, token, '')) !== undefined) return undefined
    for (const { role, code } of partner.roles)
      if (role === 'EMSP' && (await store.tokens.find(partner.tenant, token, formatPartyCode(code))) !== undefined)
        return session
    return undefined
  }

  async prefer(
    id: string,
    { profile_type: profile }: ChargingPreferences,
    { partner }: Pick<Wisher, 'partner'>,
  ): Promise<Preferred | 'unable' | 'unknown'> {
    const session = await this.#sessionOf(id, partner)
    if (session === undefined) return 'unknown'
    const { tenant, identity } = session
    const station = await this.#parts.store.chargePoints.find({ tenant, identity })
    // only from 2.1 on a station can be told that a session has priority over what limits the others (K21)
    if (station?.protocol !== 'ocpp2.1') return 'unable'
    if (session.state !== 'open') return 'NOT_POSSIBLE'
    if (profile !== 'FAST' && profile !== 'REGULAR') return 'PROFILE_TYPE_NOT_SUPPORTED'
    const order = { type: 'usePriorityCharging', session: id, activate: profile === 'FAST' } as const
    await this.#parts.commander.order({ tenant, identity }, order, announcedS * 1_000)
    return 'ACCEPTED'
  }
}

const numbered = ({ id, identity }: Reservation) => ({ number: id, chargePoint: identity })

/** The number under which its station keeps what an order has reserved. */
export const reservationNumber = ({ number, order }: Pick<Command, 'number' | 'order'>): number =>
  order.type === 'reserve' && order.replaces !== undefined ? order.replaces : number
