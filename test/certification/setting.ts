import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

export const password = 'a-password-of-the-station'

export type Params = Readonly<Record<string, unknown>>

type Answer = object | ((params: Params) => object)

/** A command as the API shows it, as far as these tests look at it. */
export interface Shown {
  readonly id: string
  readonly number: number
  readonly state: string
  readonly outcome: string | null
  readonly reason: string | null
  readonly session: string | null
  readonly history: readonly { readonly state: string; readonly note: string | null }[]
}

export interface ShownSession {
  readonly id: string
  readonly state: string
  readonly token: string | null
  readonly authorization: string | null
  readonly energyWh: number | null
  readonly stopReason: string | null
  readonly command: string | null
  readonly cdr: string | null
}

/**
 * A case of the test tool's document: a whole server, and one station of another author's hand that does as the case
 * says. What is looked at is what goes over the wire, and what the operator then sees.
 */
export interface Setting {
  readonly test: TestServer
  /** A station that has just connected and booted, with two free connectors. */
  station(identity: string): Promise<Case>
  stop(): Promise<void>
}

/** What a case of any version can do: a station, and the operator's side of it. */
export interface Sides {
  readonly station: ForeignStation
  say(action: string, payload: object): Promise<Params>
  /** Answers an action from now on; what it was asked last is in `asked`, all of it in `heard`. */
  answers(action: string, answer: Answer, then?: (params: Params) => Promise<unknown>): void
  readonly asked: Map<string, Params>
  readonly heard: Map<string, readonly Params[]>
  order(body: object, wait?: number): Promise<Shown>
  command(id: string): Promise<Shown>
  /** Its newest session. */
  session(): Promise<ShownSession>
  /** How a connector stands, as the operator sees it. */
  stands(evse: number): Promise<ShownConnector | undefined>
  /** Once it has said all that it was going to say. */
  close(): Promise<void>
}

export interface ShownConnector {
  readonly id: number
  readonly status: string
  readonly errorCode: string
}

export interface Case extends Sides {
  boot(): Promise<Params>
  status(connectorId: number, status: string, errorCode?: string): Promise<Params>
  start(payload: object): Promise<{ readonly transactionId: number; readonly idTagInfo: { readonly status: string } }>
  stopAt(payload: object): Promise<Params>
}

export const now = (): string => new Date().toISOString()
export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

const tokens: Readonly<Record<string, object>> = {
  GOOD: {},
  GROUPED: { groupId: 'FLEET' },
  SISTER: { groupId: 'FLEET' },
  BLOCKED: { status: 'Blocked' },
  EXPIRED: { expiresAt: '2020-01-01T00:00:00Z' },
}

/** A whole server that knows a few tokens. */
export const withTokens = async (environment: Readonly<Record<string, string>> = {}): Promise<TestServer> => {
  const test = await startServer(environment)
  for (const [uid, token] of Object.entries(tokens)) await test.api('PUT', `/api/v1/tokens/${uid}`, token)
  return test
}

export const setUp = async (environment: Readonly<Record<string, string>> = {}): Promise<Setting> => {
  const test = await withTokens(environment)
  return {
    test,
    async station(identity) {
      await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
      const made = caseOf(test, identity, await foreignStation(test.url, identity, password))
      await made.boot()
      for (const connector of [0, 1, 2]) await made.status(connector, 'Available')
      return made
    },
    stop: () => test.stop(),
  }
}

const caseOf = (test: TestServer, identity: string, station: ForeignStation): Case => {
  const sides = sidesOf(test, identity, station)
  const say: Sides['say'] = (action, payload) => station.call(action, payload)
  return {
    ...sides,
    boot: () => say('BootNotification', { chargePointVendor: 'Vendor', chargePointModel: 'Model' }),
    status: (connectorId, status, errorCode = 'NoError') =>
      say('StatusNotification', { connectorId, status, errorCode, timestamp: now() }),
    start: async (payload) =>
      (await say('StartTransaction', {
        connectorId: 1,
        idTag: 'GOOD',
        meterStart: 1_000,
        timestamp: now(),
        ...payload,
      })) as never,
    stopAt: (payload) => say('StopTransaction', { meterStop: 2_000, timestamp: now(), ...payload }),
  }
}

export const sidesOf = (test: TestServer, identity: string, station: ForeignStation): Sides => {
  const at = `/api/v1/charge-points/${identity}`
  const asked = new Map<string, Params>()
  const heard = new Map<string, readonly Params[]>()
  const doings: Promise<unknown>[] = []
  return {
    station,
    say: (action, payload) => station.call(action, payload),
    asked,
    heard,
    answers(action, answer, then) {
      station.on(action, (params) => {
        asked.set(action, params)
        heard.set(action, [...(heard.get(action) ?? []), params])
        if (then !== undefined) doings.push(new Promise((go) => setTimeout(go, 20)).then(() => then(params)))
        return typeof answer === 'function' ? (answer as (params: Params) => object)(params) : answer
      })
    },
    async order(body, wait = 15) {
      const { body: command } = await test.api('POST', `${at}/commands?wait=${wait}`, body)
      return command
    },
    command: async (id) => (await test.api('GET', `/api/v1/commands/${id}`)).body,
    async session() {
      const page: { items: readonly ShownSession[] } = (
        await test.api('GET', `/api/v1/sessions?chargePoint=${identity}`)
      ).body
      const [session] = page.items
      if (session === undefined) throw new Error('there is no session')
      return session
    },
    stands: async (evse) =>
      until('the status', async () => {
        const view: { evses: readonly { id: number; connectors: readonly ShownConnector[] }[] } = (
          await test.api('GET', at)
        ).body
        return view.evses.find(({ id }) => id === evse)?.connectors[0]
      }),
    async close() {
      await Promise.allSettled(doings)
      await station.close()
    },
  }
}
