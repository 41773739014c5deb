import { formatPartyCode } from '../core/domain/party-code.ts'
import type { Command, Order } from '../core/domain/command.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { HubDriver, HubOrders, HubProcess, HubWish, OicpStore } from '../core/ports/oicp.ts'
import type { PartnerRef } from '../core/ports/roaming-partners.ts'
import type { Store } from '../core/ports/store.ts'
import { commandResultOf } from '../core/roaming/command-result.ts'
import { providerCode } from '../core/roaming/oicp/identifiers.ts'
import { codeOfResult, type StatusCode } from '../core/roaming/oicp/status-code.ts'

interface Parts {
  readonly hubs: Pick<OicpStore, 'begin' | 'ordered' | 'process' | 'plugOf' | 'sessionOf'>
  readonly store: {
    readonly commands: Pick<Store['commands'], 'find'>
    readonly sessions: Pick<Store['sessions'], 'find'>
    readonly tokens: Pick<Store['tokens'], 'find' | 'put'>
  }
  readonly commander: Pick<Commander, 'order' | 'wait'>
  readonly clock: Clock
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

/** What EMPs want of our EVSEs through a hub becomes an order like any operator's. */
export const oicpOrders = (parts: Parts): HubOrders => {
  const { hubs, store, commander, clock } = parts

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

  const order = async (ref: PartnerRef, session: string, to: ChargePointRef, wanted: Order, ms: number) => {
    const command = await commander.order({ tenant: to.tenant, identity: to.identity }, wanted, ms)
    await hubs.ordered(ref, session, { tenant: to.tenant, identity: to.identity, command: command.id })
    return outcomeOf(command)
  }

  /** Hubs say the same again where our answer has not come: what was ordered is not ordered twice. */
  const again = async (ref: PartnerRef, session: string): Promise<StatusCode> => {
    const command = await commandOf(await hubs.process(ref, session), ref.tenant)
    return command === undefined ? '021' : outcomeOf(command)
  }

  const commandOf = async (process: HubProcess | undefined, tenant: string): Promise<Command | undefined> =>
    process?.command === undefined ? undefined : store.commands.find(tenant, process.command)

  /** The token that its driver is presented with; false where the uid is that of somebody else's here. */
  const keeps = async (tenant: string, { shown, provider }: HubDriver): Promise<boolean> => {
    const code = providerCode(provider)
    if (code === undefined || (await store.tokens.find(tenant, shown.uid, '')) !== undefined) return false
    const issuer = formatPartyCode(code)
    if ((await store.tokens.find(tenant, shown.uid, issuer)) !== undefined) return true
    const now = clock.now()
    const { type, uid, contract } = shown
    await store.tokens.put(
      tenant,
      [
        {
          uid,
          issuer,
          type,
          status: 'Accepted',
          expiresAt: now + passingMs,
          ...(contract !== undefined && { contract }),
        },
      ],
      now,
    )
    return true
  }

  const begin = async (
    ref: PartnerRef,
    wish: HubDriver,
    {
      kind,
      wanted,
      ms,
    }: { readonly kind: HubProcess['kind']; readonly wanted: (evse: number) => Order; readonly ms: number },
  ): Promise<StatusCode> => {
    const plug = await hubs.plugOf(ref, wish.evseId)
    if (plug === undefined) return '603'
    if (!(await keeps(ref.tenant, wish))) return '210'
    const { session, empSession, provider, evseId, shown } = wish
    const isNew = await hubs.begin(ref, {
      session,
      kind,
      provider,
      evseId,
      identification: shown.identification,
      createdAt: clock.now(),
      ...(empSession !== undefined && { empSession }),
    })
    return isNew ? order(ref, session, plug, wanted(plug.evse), ms) : again(ref, session)
  }

  return {
    start: (ref, wish) =>
      begin(ref, wish, {
        kind: 'remote',
        wanted: (evse) => ({ type: 'startCharging', evse, token: wish.shown.uid, tokenType: wish.shown.type }),
        ms: startMs,
      }),

    reserve: async (ref, wish) => {
      const code = await begin(ref, wish, {
        kind: 'reservation',
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
      const process = await hubs.process(ref, session)
      const reserved = process?.kind === 'reservation' ? await commandOf(process, ref.tenant) : undefined
      if (reserved === undefined) return '400'
      const to = { tenant: reserved.tenant, identity: reserved.identity }
      return outcomeOf(await commander.order(to, { type: 'cancelReservation', reservation: reserved.number }, stopMs))
    },
  }
}
