import type { Sql } from '../../adapters/postgres/connect.ts'
import type { ItemKind } from '../../core/domain/item.ts'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { rowsOf } from '../support/rows.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import { password, type Shown } from './setting.ts'

type Params = Readonly<Record<string, unknown>>
type Answer = object | ((params: Params) => object)

/** The same as `setting.ts` for stations of OCPP 2.x: a whole server, and one station of another author's hand. */
export interface SettingTwo {
  readonly test: TestServer
  readonly rows: Sql
  /** A station that has just connected and booted; it keeps what it has to itself until it is asked again. */
  station(identity: string, protocol?: Protocol2): Promise<CaseTwo>
  stop(): Promise<void>
}

export interface CaseTwo {
  readonly identity: string
  readonly station: ForeignStation
  say(action: string, payload: object): Promise<Params>
  /** Answers an action from now on, and says the rest afterwards; what it was asked is in `asked`, in order. */
  answers(action: string, answer: Answer, then?: (params: Params) => Promise<unknown>): void
  readonly asked: Map<string, Params[]>
  order(body: object): Promise<Shown>
  items(kind: ItemKind): Promise<readonly Params[]>
  /** What those who follow were told. */
  told(type: string): Promise<readonly Params[]>
  /** A session that runs there; its id. */
  session(transactionId: string): Promise<string>
  close(): Promise<void>
}

export const at = (): string => new Date().toISOString()

export const setUpTwo = async (): Promise<SettingTwo> => {
  const test = await startServer()
  const rows = await rowsOf(test)
  await test.api('PUT', '/api/v1/tokens/GOOD', { type: 'RFID' })
  return {
    test,
    rows,
    async station(identity, protocol = 'ocpp2.0.1') {
      await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
      const made = caseOf(test, rows, identity, await foreignStation(test.url, identity, password, { protocol }))
      made.answers('GetBaseReport', { status: 'NotSupported' })
      await made.say('BootNotification', {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Vendor', model: 'Model', firmwareVersion: '1.0' },
      })
      await until('the inventory of the first boot', async () => made.asked.get('GetBaseReport')?.length === 1)
      await made.say('StatusNotification', { timestamp: at(), connectorStatus: 'Available', evseId: 1, connectorId: 1 })
      return made
    },
    async stop() {
      await rows.end()
      await test.stop()
    },
  }
}

const caseOf = (test: TestServer, rows: Sql, identity: string, station: ForeignStation): CaseTwo => {
  const path = `/api/v1/charge-points/${identity}`
  const asked = new Map<string, Params[]>()
  const say = (action: string, payload: object): Promise<Params> => station.call(action, payload)
  return {
    identity,
    station,
    say,
    asked,
    answers(action, answer, then) {
      asked.set(action, asked.get(action) ?? [])
      station.on(action, (params) => {
        asked.get(action)?.push(params)
        // a test may be over before it has said all
        if (then !== undefined) setTimeout(() => void then(params).catch(() => {}), 20)
        return typeof answer === 'function' ? (answer as (params: Params) => object)(params) : answer
      })
    },
    async order(body) {
      const { body: command } = await test.api('POST', `${path}/commands?wait=15`, body)
      return command
    },
    async items(kind) {
      const page: { items: readonly { body: Params }[] } = (await test.api('GET', `${path}/items/${kind}?limit=100`))
        .body
      return page.items.map(({ body }) => body)
    },
    async told(type) {
      const events = await rows<{ data: Params }[]>`
        select data from events where type = ${type} and subject = ${identity} order by id`
      return events.map(({ data }) => data)
    },
    async session(transactionId) {
      await say('TransactionEvent', {
        eventType: 'Started',
        triggerReason: 'Authorized',
        timestamp: at(),
        seqNo: 0,
        transactionInfo: { transactionId, chargingState: 'Charging' },
        evse: { id: 1, connectorId: 1 },
        idToken: { idToken: 'GOOD', type: 'ISO14443' },
      })
      const page: { items: readonly { id: string }[] } = (
        await test.api('GET', `/api/v1/sessions?chargePoint=${identity}&state=open`)
      ).body
      return page.items[0]?.id ?? ''
    },
    close: () => station.close(),
  }
}
