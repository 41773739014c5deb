import { formatPartyCode, type PartyCode } from '../core/domain/party-code.ts'
import type { Command, Order } from '../core/domain/command.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { HubDriver, HubOrders, HubProcess, HubWish, OicpStore } from '../core/ports/oicp.ts'
import type { CommandGrants } from '../core/ports/roaming-commands.ts'
import type { PartnerRef } from '../core/ports/roaming-partners.ts'
import type { Store } from '../core/ports/store.ts'
import { commandResultOf } from '../core/roaming/command-result.ts'
import { driverToken } from '../core/roaming/oicp/driver-token.ts'
import { providerCode } from '../core/roaming/oicp/identifiers.ts'
import { codeOfResult, type StatusCode } from '../core/roaming/oicp/status-code.ts'

interface Parts {
  readonly hubs: Pick<OicpStore, 'begin' | 'orderOf' | 'plugOf' | 'sessionOf'>
  readonly grants: CommandGrants
  readonly store: {
    readonly commands: Pick<Store['commands'], 'find'>
    readonly sessions: Pick<Store['sessions'], 'find'>
    readonly tokens: Pick<Store['tokens'], 'find' | 'put'>
  }
  readonly commander: Pick<Commander, 'order' | 'wait'>
  readonly clock: Clock
  readonly ids: Ids
}

type Begun = Extract<Order, { readonly type: 'startCharging' | 'reserve' }>

interface Beginning {
  readonly kind: HubProcess['kind']
  readonly type: Begun['type']
  readonly wanted: (evse: number) => Begun
  readonly ms: number
}

/** The hub waits ten seconds for an answer, and it has a way to go. */
const answerWithinMs = 8_000
const lookEveryMs = 250
/** How long a driver has after a remote start to plug the vehicle in. */
const startMs = 120_000
const stopMs = 60_000
const minute = 60_000
/** Tokens that came with a wish are good for the session that they came for. */
const passingMs = 24 * 60 * minute

/**
 * What EMPs want of our EVSEs through a hub becomes an order like any operator's. That its driver is let in by it is
 * written before it is given, with the hub's name for it as the reference: so its session and its CDR carry that name.
 */
export const oicpOrders = (parts: Parts): HubOrders => {
  const { hubs, grants, store, commander, clock, ids } = parts

  /** What its station has said of an order, or that it has said nothing in time. */
  const outcomeOf = async (command: Command): Promise<StatusCode> => {
    const until = clock.monotonic() + answerWithinMs
    for (let now = command; ;) {
      const result = commandResultOf(now)
      if (result !== undefined) return codeOfResult(result)
      const left = until - clock.monotonic()
      if (left <= 0) return '501'
      now = await commander.wait(now, Math.min(lookEveryMs, left))
    }
  }

  /** Hubs say the same again where our answer has not come: what was ordered is not ordered twice. */
  const again = async (ref: PartnerRef, session: string, type: Begun['type']): Promise<StatusCode> => {
    const command = await orderOf(ref, session, type)
    return command === undefined ? '021' : outcomeOf(command)
  }

  const orderOf = async (ref: PartnerRef, session: string, type: Begun['type']): Promise<Command | undefined> => {
    const id = await hubs.orderOf(ref, session, type)
    return id === undefined ? undefined : store.commands.find(ref.tenant, id)
  }

  /** The token that its driver is presented with; false where the uid is that of somebody else's here. */
  const keeps = async (tenant: string, { shown: { type, uid, contract } }: HubDriver, code: PartyCode) => {
    if ((await store.tokens.find(tenant, uid, '')) !== undefined) return false
    const issuer = formatPartyCode(code)
    if ((await store.tokens.find(tenant, uid, issuer)) !== undefined) return true
    const now = clock.now()
    const token = { uid, issuer, type, status: 'Accepted', expiresAt: now + passingMs } as const
    await store.tokens.put(tenant, [{ ...token, ...(contract !== undefined && { contract }) }], now)
    return true
  }

  const begin = async (
    ref: PartnerRef,
    wish: HubDriver,
    { kind, type, wanted, ms }: Beginning,
  ): Promise<StatusCode> => {
    const { session, empSession, provider, evseId, shown } = wish
    const plug = await hubs.plugOf(ref, evseId)
    if (plug === undefined) return '603'
    const code = providerCode(provider)
    if (code === undefined || !(await keeps(ref.tenant, wish, code))) return '210'
    const at = clock.now()
    const isNew = await hubs.begin(ref, {
      session,
      kind,
      provider,
      evseId,
      identification: shown.identification,
      createdAt: at,
      ...(empSession !== undefined && { empSession }),
    })
    if (!isNew) return again(ref, session, type)
    const to = { tenant: plug.tenant, identity: plug.identity }
    const [order, token] = [ids.uuid(), driverToken({ ...shown, code, provider }, at)]
    await grants.grant({ ...to, partner: ref.partner, order, token, at, reference: session })
    return outcomeOf(await commander.order(to, wanted(plug.evse), ms, { id: order }))
  }

  return {
    start: (ref, wish) =>
      begin(ref, wish, {
        kind: 'remote',
        type: 'startCharging',
        wanted: (evse) => ({ type: 'startCharging', evse, token: wish.shown.uid, tokenType: wish.shown.type }),
        ms: startMs,
      }),

    reserve: async (ref, wish) => {
      const code = await begin(ref, wish, {
        kind: 'reservation',
        type: 'reserve',
        wanted: (evse) => ({
          type: 'reserve',
          evse,
          token: wish.shown.uid,
          tokenType: wish.shown.type,
          expiresAt: clock.now() + wish.minutes * minute,
        }),
        ms: stopMs,
      })
      return code === '602' ? '601' : code
    },

    async stop(ref, { session }: HubWish) {
      const ours = await hubs.sessionOf(ref, session)
      const found = ours === undefined ? undefined : await store.sessions.find(ref.tenant, ours)
      if (found === undefined || found.state !== 'open') return '400'
      const to = { tenant: found.tenant, identity: found.identity }
      return outcomeOf(await commander.order(to, { type: 'stopCharging', session: found.id }, stopMs))
    },

    async cancel(ref, { session }: HubWish) {
      const reserved = await orderOf(ref, session, 'reserve')
      if (reserved === undefined) return '400'
      const to = { tenant: reserved.tenant, identity: reserved.identity }
      return outcomeOf(await commander.order(to, { type: 'cancelReservation', reservation: reserved.number }, stopMs))
    },
  }
}
