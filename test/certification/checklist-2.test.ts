import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Sql } from '../../adapters/postgres/connect.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { request } from '../support/certificates.ts'
import { complaints, maximal, minimal, random, schemaOf } from '../support/payloads.ts'
import { rowsOf } from '../support/rows.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import { orders201, orders21 } from './orders-2.ts'
import { type Params, password } from './setting.ts'

/**
 * Every action of OCPP 2.0.1 and 2.1, driven on a whole server by a station that somebody else wrote and that is strict about
 * all we say. Station to us: payloads made from the schema, the least and the most that it allows, are answered by the schema,
 * and leave something. Us to the station: through the API, as it is and as an order that comes to its end.
 */
const versions: readonly (readonly [Protocol2, readonly number[]])[] = [
  ['ocpp2.0.1', [25, 40, 64]],
  ['ocpp2.1', [37, 55, 91]],
]

describe.each(versions)('the actions of %s', (protocol, counts) => {
  const { asks, tells } = actionsOf(protocol)
  /** Nobody answers it, so `ocpp-rpc` cannot say it. */
  const sends = ['NotifyPeriodicEventStream']
  const accepted = { status: 'Accepted' }
  let test: TestServer
  let rows: Sql
  let station: ForeignStation
  let teller: ForeignStation

  const boots = async (identity: string): Promise<ForeignStation> => {
    await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
    const made = await foreignStation(test.url, identity, password, { protocol })
    await made.call('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } })
    return made
  }
  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/tokens/CARD1', {})
    rows = await rowsOf(test)
    station = await boots('CP-1')
    teller = await boots('CP-2')
  })
  afterAll(async () => {
    await rows?.end()
    await station?.close()
    await teller?.close()
    await test?.stop()
  })

  it('are all there: those that stations send, those that we send, DataTransfer among both', () => {
    expect([asks.length, tells.length, new Set([...asks, ...tells]).size]).toEqual(counts)
  })

  describe('from the station to us', () => {
    /** One of each list: with more of them some are longer than any message may be. */
    const said = (action: string): readonly object[] => {
      const schema = schemaOf(`${action}Request`, protocol)
      const all = [minimal(schema), maximal(schema, 1), random(schema, 1, 2), random(schema, 2, 2)]
      return all as object[]
    }
    /** What each leaves behind: a fact, or how things stand. Those that only ask leave their frames. */
    const left = async (action: string): Promise<string> => {
      const facts = await rows`select count(*) from facts where identity = 'CP-2'`
      const stands = await rows`select * from connectors where identity = 'CP-2' order by evse, connector`
      const described = await rows`select vendor, model, serial, iccid, imsi from charge_points where identity = 'CP-2'`
      return JSON.stringify([onlyAsk.has(action) ? await framesWith(action) : [facts, stands, described]])
    }
    const onlyAsk = new Set([
      'Authorize',
      'Heartbeat',
      'Get15118EVCertificate',
      'GetCertificateChainStatus',
      'GetCertificateStatus',
      'PullDynamicScheduleUpdate',
      'VatNumberValidation',
    ])
    const framesWith = async (action: string): Promise<number> => {
      const { body } = await test.api('GET', '/api/v1/charge-points/CP-2/frames?limit=1000')
      const { items }: { readonly items: readonly unknown[] } = body
      return JSON.stringify(items).split(action).length
    }
    const leaves = (action: string, before: string): Promise<unknown> =>
      until(`what ${action} leaves`, async () => ((await left(action)) === before ? undefined : true))

    it.each(asks.filter((action) => !sends.includes(action)))(
      '%s is answered by its schema, and leaves what it must',
      async (action) => {
        const before = await left(action)
        for (const payload of said(action))
          expect(complaints(`${action}Response`, await teller.call(action, payload), protocol)).toEqual([])
        await leaves(action, before)
      },
    )

    it.each(asks.filter((action) => sends.includes(action)))(
      '%s is answered by nothing, and leaves what it must',
      async (action) => {
        const url = `${test.url.replace('http', 'ws')}ocpp/CP-2`
        const authorization = `Basic ${btoa(`CP-2:${password}`)}`
        const before = await left(action)
        const socket = new WebSocket(url, [protocol], { headers: { authorization } })
        const heard: string[] = []
        socket.on('message', (text: Buffer) => heard.push(text.toString()))
        await new Promise((go, fail) => socket.once('open', go).once('error', fail))
        said(action).forEach((payload, i) => socket.send(JSON.stringify([6, `s${i}`, action, payload])))
        await leaves(action, before)
        expect(heard.filter((text) => !text.startsWith('[2,'))).toEqual([])
        socket.close()
      },
    )
  })

  describe('from us to the station, as it is', () => {
    it.each(tells)('%s goes out as it was given, and its answer comes back as it is', async (action) => {
      const [asked, answered] = [schemaOf(`${action}Request`, protocol), schemaOf(`${action}Response`, protocol)]
      for (const make of [minimal, (schema: typeof asked) => maximal(schema, 1)]) {
        const [payload, answer] = [make(asked), make(answered)]
        let heard: unknown
        station.on(action, (params) => {
          heard = params
          return answer as object
        })
        const { status, body } = await test.api('POST', `/api/v1/charge-points/CP-1/ocpp/${action}`, payload)
        expect([status, body, heard]).toEqual([200, { messageId: expect.any(String), result: answer }, payload])
      }
    })
  })

  describe('from us to the station, as an order', () => {
    const rowsOfOrders =
      protocol === 'ocpp2.1' ? [...orders201.slice(0, -1), ...orders21, ...orders201.slice(-1)] : orders201
    const begun = async (): Promise<string> => {
      await station.call('TransactionEvent', {
        eventType: 'Started',
        triggerReason: 'Authorized',
        timestamp: new Date().toISOString(),
        seqNo: 0,
        transactionInfo: { transactionId: 'running' },
        evse: { id: 1, connectorId: 1 },
        idToken: { idToken: 'CARD1', type: 'ISO14443' },
      })
      const page: { items: readonly { id: string }[] } = (await test.api('GET', '/api/v1/sessions?chargePoint=CP-1'))
        .body
      return page.items.find((session) => session.id !== '')?.id ?? ''
    }
    let session = ''
    beforeAll(async () => {
      session = await begun()
      station.on('GetLocalListVersion', () => ({ versionNumber: 0 }))
    })
    const ordered = async (order: object): Promise<Params> =>
      (await test.api('POST', '/api/v1/charge-points/CP-1/commands?wait=20', order)).body

    it.each(rowsOfOrders)('$action', async ({ action, order, answer, then }) => {
      let heard: unknown
      station.on(action, (params) => {
        heard = params
        if (then !== undefined) setTimeout(() => void then((what, payload) => station.call(what, payload), params), 50)
        const least = minimal(schemaOf(`${action}Response`, protocol)) as object
        return { ...least, ...(typeof answer === 'function' ? answer(params) : answer) }
      })
      expect(await ordered(order(session))).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(complaints(`${action}Request`, heard, protocol)).toEqual([])
    })

    it('CertificateSigned', async () => {
      const csr = await request('CN=CP-1')
      station.on('TriggerMessage', () => {
        setTimeout(() => void station.call('SignCertificate', { csr }), 50)
        return accepted
      })
      let chain = ''
      station.on('CertificateSigned', ({ certificateChain }) => {
        chain = String(certificateChain)
        return accepted
      })
      expect(await ordered({ type: 'renewCertificate' })).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(chain).toContain('-----BEGIN CERTIFICATE-----')
    })

    const update = async (): Promise<void> => {
      const profile = {
        id: 8,
        evse: 1,
        purpose: 'txDefault',
        kind: 'dynamic',
        schedule: { unit: 'W', periods: [{ startS: 0, limit: 11_000 }] },
      }
      station.on('SetChargingProfile', () => accepted)
      station.on('UpdateDynamicSchedule', () => accepted)
      expect(await ordered({ type: 'setChargingProfile', profile })).toMatchObject({ outcome: 'succeeded' })
      const order = { type: 'updateDynamicSchedule', id: 8, setpoint: 5_000 }
      expect(await ordered(order)).toMatchObject({ state: 'done', outcome: 'succeeded' })
    }
    if (protocol === 'ocpp2.1') it('UpdateDynamicSchedule', update)

    it('leave none out', () => {
      const own = ['CertificateSigned', ...(protocol === 'ocpp2.1' ? ['UpdateDynamicSchedule'] : [])]
      const said = new Set([...rowsOfOrders.map(({ action }) => action), ...own])
      expect(tells.filter((action) => !said.has(action)).map((action) => `no order says ${action}`)).toEqual([])
      expect(said.size).toBe(tells.length)
    })
  })
})
