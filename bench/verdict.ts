import type { Protocol } from '../core/ocpp/version.ts'
import { type Booked, energyOf } from './booked.ts'
import type { Member } from './member.ts'
import { sleep } from './sleep.ts'

/** Where the server's books are read. */
export interface Api {
  /** `http://127.0.0.1:8080` */
  readonly api: string
  readonly key: string
}

/** The part of it that was said in one version. */
export interface VersionVerdict {
  readonly protocol: Protocol
  readonly chargers: number
  readonly calls: number
  readonly sessions: number
  readonly equal: number
  readonly strays: number
}

/** What the stations know to have happened, held against what the server's API says. */
export interface Verdict {
  readonly calls: number
  readonly unanswered: number
  readonly sessions: number
  /** Sessions whose CDR has exactly the energy that was metered. */
  readonly equal: number
  /** Sessions of which the server was told nothing but the stop, and that it has kept as such. */
  readonly strays: number
  readonly versions: readonly VersionVerdict[]
  /** One line each: what is not as the station knows it. */
  readonly differences: readonly string[]
}

interface ServerSession {
  readonly id: string
  readonly transaction: string | null
  readonly state: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly connector: number
  readonly meterStopWh: number | null
}

interface ServerCdr {
  readonly session: string
  readonly energyWh: number
  readonly state: string
}

interface ServerBooks {
  readonly sessions: readonly ServerSession[]
  /** Those in force: a credited one has been replaced. */
  readonly cdrs: readonly ServerCdr[]
}

const patienceMs = 60_000
const lookMs = 1_000

/** Every item of a list of the API. */
const all = async <Item>({ api, key }: Api, path: string): Promise<readonly Item[]> => {
  const items: Item[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const url: URL = new URL(`${path}&limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, api)
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } })
    if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`)
    const page = (await response.json()) as { readonly items: readonly Item[]; readonly next: string | null }
    items.push(...page.items)
    cursor = page.next
  }
  return items
}

const booksOf = async (api: Api, identity: string): Promise<ServerBooks> => {
  const of = `?chargePoint=${encodeURIComponent(identity)}`
  const sessions = await all<ServerSession>(api, `/api/v1/sessions${of}`)
  const cdrs = await all<ServerCdr>(api, `/api/v1/cdrs${of}`)
  return { sessions, cdrs: cdrs.filter(({ state }) => state !== 'credited') }
}

const isStray = ({ isStray: was, startAnswered }: Booked): boolean => was === true || !startAnswered

/** What is wrong with a session in the server's books, or nothing. */
const faultOf = (session: Booked, { sessions, cdrs }: ServerBooks): string | undefined => {
  const { meterStop, stoppedAt, startedAt, transactionId } = session
  const energy = energyOf(session)
  if (energy === undefined || !session.stopAnswered) return 'its stop was never acknowledged'
  if (isStray(session)) {
    const endedAt = new Date(stoppedAt ?? 0).toISOString()
    const kept = sessions.some((s) => s.state === 'orphan' && s.meterStopWh === meterStop && s.endedAt === endedAt)
    return kept ? undefined : `its stop alone, at ${meterStop} Wh, is not there`
  }
  const begun = new Date(startedAt).toISOString()
  const [found, twin] = sessions.filter(({ transaction }) => transaction === String(transactionId))
  if (found === undefined || found.startedAt !== begun) return 'there is no such session'
  if (twin !== undefined) return 'there are two sessions of one transaction'
  const [cdr, second] = cdrs.filter((one) => one.session === found.id)
  if (second !== undefined) return 'there are two CDRs in force'
  // a card that was refused, and nothing delivered: nothing to account for
  if (cdr === undefined) return session.isRefused && energy === 0 ? undefined : 'there is no CDR'
  return cdr.energyWh === energy ? undefined : `the CDR says ${cdr.energyWh} Wh, the meter ${energy} Wh`
}

interface Judged {
  readonly protocol: Protocol
  readonly isStray: boolean
  /** With the station it is about. */
  readonly fault: string | undefined
}

const judgedOf = async (
  api: Api,
  { options: { identity }, sessions, protocol }: Member,
): Promise<readonly Judged[]> => {
  const books = await booksOf(api, identity)
  return sessions.map((session) => {
    const fault = faultOf(session, books)
    return {
      protocol,
      isStray: isStray(session),
      fault: fault && `${identity}: transaction ${session.transactionId ?? 'without an id'}: ${fault}`,
    }
  })
}

/** CDRs are made behind the answers: they are waited for, and what is still missing then is missing. */
export const judge = async (api: Api, members: readonly Member[], waitMs = patienceMs): Promise<Verdict> => {
  const look = async (): Promise<readonly Judged[]> =>
    (await Promise.all(members.map((member) => judgedOf(api, member)))).flat()
  const until = performance.now() + waitMs
  let judged = await look()
  while (judged.some(({ fault }) => fault !== undefined) && performance.now() < until) {
    await sleep(lookMs)
    judged = await look()
  }
  return {
    ...totals(members, judged),
    unanswered: members.reduce((sum, { books }) => sum + books.unanswered, 0),
    versions: [...Map.groupBy(members, ({ protocol }) => protocol)].map(([protocol, of]) => ({
      protocol,
      chargers: of.length,
      ...totals(
        of,
        judged.filter((one) => one.protocol === protocol),
      ),
    })),
    differences: judged.flatMap(({ fault }) => fault ?? []),
  }
}

const totals = (
  members: readonly Member[],
  judged: readonly Judged[],
): Pick<VersionVerdict, 'calls' | 'sessions' | 'equal' | 'strays'> => {
  const right = judged.filter(({ fault }) => fault === undefined)
  return {
    calls: members.reduce((sum, { books }) => sum + books.calls, 0),
    sessions: judged.length,
    equal: right.filter((one) => !one.isStray).length,
    strays: right.filter((one) => one.isStray).length,
  }
}
