import type { Protocol2 } from '../../core/ocpp/version.ts'
import { type TestServer, until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'
import { now, type Params, password, type Sides, sidesOf } from './setting.ts'

/** A station of 2.x by another author's hand, with two EVSEs, and what an operator sees of what it has. */
export interface Station2 extends Omit<Sides, 'asked' | 'heard' | 'session' | 'stands'> {
  /** All that it was asked of an action, in order. */
  asked(action: string): readonly Params[]
  last(action: string): Params | undefined
  /** An event of a session; the number counts up by itself. */
  event(eventType: string, transactionId: string, more?: object): Promise<Params>
  items(kind: string): Promise<readonly { readonly key: string; readonly body: Params }[]>
  /** What the API shows of the station under a path. */
  shown<Body = Params>(path: string): Promise<Body>
  /** The id of its open session. */
  session(): Promise<string>
}

export const station2 = async (test: TestServer, identity: string, protocol: Protocol2): Promise<Station2> => {
  await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
  const station = await foreignStation(test.url, identity, password, { protocol })
  const { asked, heard, ...sides } = sidesOf(test, identity, station)
  const say: Sides['say'] = (action, payload) => station.call(action, payload)
  let seqNo = 0
  await say('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model' } })
  for (const evseId of [1, 2])
    await say('StatusNotification', { timestamp: now(), connectorStatus: 'Available', evseId, connectorId: 1 })
  const of = async <Body>(path: string): Promise<Body> =>
    (await test.api('GET', `/api/v1/charge-points/${identity}/${path}`)).body
  return {
    ...sides,
    asked: (action) => heard.get(action) ?? [],
    last: (action) => asked.get(action),
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
  }
}
