import type { Protocol2 } from '../../core/ocpp/version.ts'
import { type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import { password, type Shown } from './setting.ts'

export type Params = Readonly<Record<string, unknown>>

/** What a station is asked, and how it answers; `then`: what it does a moment later. */
type Answers = (action: string, answer: Answer, then?: (params: Params) => Promise<unknown>) => void
type Answer = object | ((params: Params) => object)

/** A station of 2.x by another author's hand, with two EVSEs, and what an operator sees of it. */
export interface Case2 {
  readonly station: ForeignStation
  say(action: string, payload: object): Promise<Params>
  readonly answers: Answers
  /** All that it was asked of an action, in order. */
  asked(action: string): readonly Params[]
  last(action: string): Params | undefined
  order(body: object, wait?: number): Promise<Shown>
  /** An event of a session; the number counts up by itself. */
  event(eventType: string, transactionId: string, more?: object): Promise<Params>
  items(kind: string): Promise<readonly { readonly key: string; readonly body: Params }[]>
  /** What the API shows of the station under a path. */
  shown<Body = Params>(path: string): Promise<Body>
  session(): Promise<string>
  close(): Promise<void>
}

export const station2 = async (test: TestServer, identity: string, protocol: Protocol2): Promise<Case2> => {
  await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
  const station = await foreignStation(test.url, identity, password, { protocol })
  const at = `/api/v1/charge-points/${identity}`
  const heard = new Map<string, Params[]>()
  const say = (action: string, payload: object): Promise<Params> => station.call(action, payload)
  const now = (): string => new Date().toISOString()
  let seqNo = 0
  await say('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model' } })
  for (const evseId of [1, 2])
    await say('StatusNotification', { timestamp: now(), connectorStatus: 'Available', evseId, connectorId: 1 })
  const of = async <Body>(path: string): Promise<Body> => (await test.api('GET', `${at}/${path}`)).body
  return {
    station,
    say,
    answers(action, answer, then) {
      station.on(action, (params) => {
        heard.set(action, [...(heard.get(action) ?? []), params])
        // a test may be over before the station has said all
        if (then !== undefined) setTimeout(() => void then(params).catch(() => {}), 20)
        return typeof answer === 'function' ? (answer as (params: Params) => object)(params) : answer
      })
    },
    asked: (action) => heard.get(action) ?? [],
    last: (action) => heard.get(action)?.at(-1),
    async order(body, wait = 15) {
      const { body: command } = await test.api('POST', `${at}/commands?wait=${wait}`, body)
      return command
    },
    event: (eventType, transactionId, more = {}) =>
      say('TransactionEvent', {
        eventType,
        timestamp: now(),
        triggerReason: eventType === 'Started' ? 'CablePluggedIn' : 'MeterValuePeriodic',
        seqNo: seqNo++,
        transactionInfo: { transactionId, chargingState: 'Charging' },
        ...(eventType === 'Started' && {
          evse: { id: 1, connectorId: 1 },
          idToken: { idToken: 'GOOD', type: 'ISO14443' },
        }),
        ...more,
      }),
    items: async (kind) => (await of<{ items: readonly { key: string; body: Params }[] }>(`items/${kind}`)).items,
    shown: of,
    session: () =>
      until('the session', async () => {
        const page: { items: readonly { id: string }[] } = (
          await test.api('GET', `/api/v1/sessions?chargePoint=${identity}&state=open`)
        ).body
        return page.items[0]?.id
      }),
    close: () => station.close(),
  }
}
