import { type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import { now, type Params, password, type ShownConnector, type Sides, sidesOf, withTokens } from './setting.ts'

/** The same as setting.ts for stations of OCPP 2.0.1: what they say, and how a transaction of theirs goes. */
export interface Setting2 {
  readonly test: TestServer
  /** A station that has just connected and booted, with two free EVSEs of one connector each. */
  station(identity: string): Promise<Case2>
  /** The same station on a new socket, which does not boot again. */
  again(identity: string): Promise<Case2>
  stop(): Promise<void>
}

export interface Case2 extends Sides {
  readonly identity: string
  boot(reason?: string): Promise<Params>
  status(evseId: number, connectorStatus: string): Promise<Params>
  /** How a connector stands is written after the answer: until it is so. */
  comesToStand(evse: number, status: string): Promise<ShownConnector>
  /** What it is told of a token. */
  authorize(idToken: string): Promise<TokenInfo>
  /** A transaction of its own id, whose events are numbered from 0. */
  transaction(evse?: number): Transaction
}

export interface TokenInfo {
  readonly status: string
  readonly groupIdToken?: { readonly idToken: string }
}

/** What is told with an event: of a token, of the place, and inside transactionInfo. */
export interface EventWords {
  readonly token?: string
  readonly state?: string
  readonly reason?: string
  readonly wh?: number
  readonly info?: object
  /** Fields of the event itself, whatever the rest makes of them. */
  readonly more?: object
}

export interface Transaction {
  readonly id: string
  started(trigger: string, words?: EventWords): Promise<Told>
  updated(trigger: string, words?: EventWords): Promise<Told>
  ended(trigger: string, words?: EventWords): Promise<Told>
}

export interface Told {
  readonly idTokenInfo?: TokenInfo
}

export const idToken = (uid: string): object => ({ idToken: uid, type: 'ISO14443' })

/** One value, of the meter's register unless it says otherwise. */
export const values = (value: number, context = 'Sample.Periodic', more: object = {}): readonly object[] => [
  { timestamp: now(), sampledValue: [{ value, context, ...more }] },
]

export const setUp2 = async (environment: Readonly<Record<string, string>> = {}): Promise<Setting2> => {
  const test = await withTokens(environment)
  const comes = async (identity: string): Promise<Case2> =>
    caseOf(test, identity, await foreignStation(test.url, identity, password, { protocol: 'ocpp2.0.1' }))
  return {
    test,
    // one that has booted for the first time is known for it half a second later
    again: (identity) =>
      until('that it is known', async () => {
        const one = await comes(identity)
        return one.say('Heartbeat', {}).then(
          () => one,
          () => one.close().then(() => undefined),
        )
      }),
    async station(identity) {
      await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
      const made = await comes(identity)
      await made.boot()
      for (const evse of [1, 2]) await made.status(evse, 'Available')
      return made
    },
    stop: () => test.stop(),
  }
}

const caseOf = (test: TestServer, identity: string, station: ForeignStation): Case2 => {
  const sides = sidesOf(test, identity, station)
  const say: Sides['say'] = (action, payload) => station.call(action, payload)
  let serial = 0
  return {
    ...sides,
    identity,
    boot: (reason = 'PowerUp') =>
      say('BootNotification', { reason, chargingStation: { vendorName: 'Vendor', model: 'Model' } }),
    status: (evseId, connectorStatus) =>
      say('StatusNotification', { timestamp: now(), connectorStatus, evseId, connectorId: 1 }),
    comesToStand: (evse, status) =>
      until(`EVSE ${evse} being ${status}`, async () => {
        const connector = await sides.stands(evse)
        return connector?.status === status ? connector : undefined
      }),
    authorize: async (uid) => (await say('Authorize', { idToken: idToken(uid) }))['idTokenInfo'] as TokenInfo,
    transaction: (evse) => transactionOf(say, `${identity}-${++serial}`, evse),
  }
}

const transactionOf = (say: Sides['say'], id: string, evse: number | undefined): Transaction => {
  let seqNo = 0
  const event = (eventType: string, triggerReason: string, words: EventWords = {}): Promise<Told> => {
    const { token, state, reason, wh, info, more } = words
    const isFirst = seqNo === 0
    return say('TransactionEvent', {
      eventType,
      triggerReason,
      timestamp: now(),
      seqNo: seqNo++,
      transactionInfo: {
        transactionId: id,
        ...(state !== undefined && { chargingState: state }),
        ...(reason !== undefined && { stoppedReason: reason }),
        ...info,
      },
      ...(isFirst && evse !== undefined && { evse: { id: evse, connectorId: 1 } }),
      ...(token !== undefined && { idToken: idToken(token) }),
      ...(wh !== undefined && { meterValue: values(wh) }),
      ...more,
    }) as Promise<Told>
  }
  return {
    id,
    started: (trigger, words) => event('Started', trigger, words),
    updated: (trigger, words) => event('Updated', trigger, words),
    ended: (trigger, words) => event('Ended', trigger, words),
  }
}
