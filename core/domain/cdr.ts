import type { Priced } from '../pricing/priced.ts'
import { sumFault } from '../pricing/sum-check.ts'
import { canonical } from './canonical.ts'
import { gapsOf } from './event-book.ts'
import { givenBack } from './export.ts'
import type { Place } from './place.ts'
import { type Correction, type Finding, proposalOf } from './sanity.ts'
import { energyOf, isBillable, type Session } from './session.ts'
import { clean } from './text.ts'
import type { MilliWattHours } from './units.ts'

export const cdrStates = ['held', 'issued', 'credited'] as const
export type CdrState = (typeof cdrStates)[number]

/**
 * Charging Detail Record: the account of a closed session. Immutable once it is issued; corrected by a credit and a new
 * version. Where something about the session cannot be, it is held until a person has looked, and nobody is billed.
 */
export interface Cdr {
  readonly id: string
  readonly tenant: string
  /** 0 = the original. */
  readonly version: number
  /** The version before, which is credited. */
  readonly replaces?: string
  readonly session: string
  readonly chargePoint: string
  readonly evse: number
  readonly connector: number
  /** Where that is, as it was known when the account was written (`Place`). */
  readonly evseId?: string
  readonly site?: string
  readonly station?: string
  readonly country?: string
  readonly token?: string
  /** The EVCO ID: it names the EMP too. */
  readonly contract?: string
  readonly startedAt: number
  readonly endedAt: number
  readonly energyMwh: MilliWattHours
  /** What the vehicle gave back (V2X); never taken off what it drew. Absent where no meter says anything. */
  readonly exportedMwh?: MilliWattHours
  readonly durationMs: number
  /** What it costs, and how that was worked out. Absent = no tariff was for it; that is not zero. */
  readonly priced?: Priced
  readonly stopReason: string
  readonly state: CdrState
  /** The credits against it; at most one. */
  readonly credits: readonly string[]
  /** What a reader of the account must know: `estimated`, `closed by inference`. */
  readonly notes: readonly string[]
  /** Why it is held; absent where it is not. */
  readonly hold?: Hold
  /** What the session itself said, of one that was held and released: only what changes that is a reason for a credit. */
  readonly measured?: Measured
}

export interface Hold {
  /** Empty when what came later has answered them; it is released by a person all the same. */
  readonly reasons: readonly Finding[]
  readonly proposal?: Correction
  readonly heldAt: number
}

export type Measured = Pick<Cdr, 'energyMwh' | 'exportedMwh' | 'startedAt' | 'endedAt' | 'priced'>

/** Takes a CDR back, whole. */
export interface Credit {
  readonly id: string
  readonly tenant: string
  readonly cdr: string
  readonly reason: string
}

/** What is written into the books in one commit. */
export interface Entry {
  readonly credit?: Credit
  readonly cdr: Cdr
  /** It is there already, still held, and takes this in place of what it said. */
  readonly isAgain?: true
}

export interface Bookkeeping {
  readonly now: number
  readonly uuid: () => string
  /** What is wrong with the session (`findingsOf`). */
  readonly findings: readonly Finding[]
  /** Where its plug was when it began; of what was issued before it is where that says. */
  readonly place?: Omit<Place, 'zone'>
  /** What an account costs; undefined where no tariff is for it. */
  readonly price: Pricing
}

export type Pricing = (account: Cdr) => Priced | undefined

/**
 * What must be written about a session, given the newest CDR it has: the original when it has none; a credit and a new
 * version when energy, time or price have changed since (INV-25); nothing when the books are right, or the session is not
 * over. With findings it is held in place of issued; while it is held it is written anew, and it never issues itself.
 */
export const entryFor = (session: Session, last: Cdr | undefined, of: Bookkeeping): Entry | undefined => {
  if (!isBillable(session)) return undefined
  const { account: now, fault } = billed(placed(accountOf(last?.id ?? of.uuid(), session), last, of.place), of.price)
  const books = fault === undefined ? of : { ...of, findings: [...of.findings, fault] }
  if (last === undefined) return { cdr: judged(now, books) }
  if (last.state === 'held') return again(last, now, books)
  const changed = differences(last.measured ?? last, fault === undefined ? now : unpriced(now))
  if (changed.length === 0) return undefined
  return {
    credit: {
      id: books.uuid(),
      tenant: last.tenant,
      cdr: last.id,
      reason: `${changed.join(' and ')} changed by what came later`,
    },
    cdr: judged({ ...now, id: books.uuid(), version: last.version + 1, replaces: last.id }, books),
  }
}

const placed = (account: Cdr, last: Cdr | undefined, place: Bookkeeping['place']): Cdr => {
  const { evseId, site, station, country } = last === undefined || last.state === 'held' ? (place ?? {}) : last
  return {
    ...account,
    ...(evseId !== undefined && { evseId }),
    ...(site !== undefined && { site }),
    ...(station !== undefined && { station }),
    ...(country !== undefined && { country }),
  }
}

interface Billed {
  readonly account: Cdr
  /** Why the price must not be billed. */
  readonly fault?: Finding
}

const noTariff = 'no tariff'

/** The account with its price; a price that does not add up, or that cannot be worked out, is never sent to anybody. */
const billed = (unbilled: Cdr, price: Pricing): Billed => {
  const { priced: _, ...before } = unbilled
  const account = { ...before, notes: before.notes.filter((note) => note !== noTariff) }
  const fault = (detail: string): Finding => ({ rule: 'priceDoesNotAddUp', detail: clean(detail) })
  let priced: Priced | undefined
  try {
    priced = price(account)
  } catch (error) {
    return { account, fault: fault(`Its price cannot be worked out: ${String(error)}`) }
  }
  if (priced === undefined) return { account: { ...account, notes: [...account.notes, noTariff] } }
  const wrong = sumFault(priced, account)
  return {
    account: { ...account, priced },
    ...(wrong !== undefined && { fault: fault(`Its price does not add up: ${wrong}`) }),
  }
}

/** A price that is wrong is no reason to take back one that was right. */
const unpriced = (cdr: Cdr): Measured => {
  const { priced: _, ...account } = cdr
  return account
}

const judged = (cdr: Cdr, { findings, now }: Bookkeeping): Cdr =>
  findings.length === 0 ? cdr : { ...cdr, state: 'held', hold: holdOf(findings, now) }

const holdOf = (findings: readonly Finding[], heldAt: number): Hold => {
  const proposal = proposalOf(findings)
  return { reasons: findings, ...(proposal !== undefined && { proposal }), heldAt }
}

const again = (last: Cdr, account: Cdr, { findings, now }: Bookkeeping): Entry | undefined => {
  const { version, replaces } = last
  const hold = holdOf(findings, last.hold?.heldAt ?? now)
  const isSame =
    differences(last, account).length === 0 && said(last.hold) === said(hold) && beside(last) === beside(account)
  if (isSame) return undefined
  const cdr: Cdr = { ...account, version, ...(replaces !== undefined && { replaces }), state: 'held', hold }
  return { cdr, isAgain: true }
}

/** A hold as one text, whatever order a store keeps fields in. */
const said = (hold: Hold | undefined): string =>
  JSON.stringify([hold?.reasons.map(({ rule, detail }) => [rule, detail]), sum(hold?.proposal)])
/** What an account says beside what was measured. */
const beside = ({ evseId, site, station, country, priced }: Cdr): string =>
  canonical([evseId, site, station, country, priced])
const sum = (of: Correction | undefined): unknown => [of?.energyMwh, of?.startedAt, of?.endedAt, of?.how]

/** How a held CDR is issued: as it is, as was proposed, or with an energy that a person gives. */
export type Release =
  | { readonly as: 'measured' | 'proposed' }
  | { readonly as: 'corrected'; readonly energyMwh: MilliWattHours }

/** When an account begins that is released so: the tariff of that moment prices it. */
export const startOf = ({ startedAt, hold }: Cdr, { as }: Pick<Release, 'as'>): number =>
  (as === 'proposed' ? hold?.proposal?.startedAt : undefined) ?? startedAt

/** The held CDR as it is issued, with the price of what it says then; or why it cannot be. */
export const released = (cdr: Cdr, release: Release, price: Pricing): Cdr | 'nothingProposed' | 'priceDoesNotAddUp' => {
  const { hold, ...held } = cdr
  const { energyMwh, exportedMwh, startedAt, endedAt, priced }: Measured = cdr
  const proposed = release.as === 'proposed' ? hold?.proposal : undefined
  if (release.as === 'proposed' && proposed === undefined) return 'nothingProposed'
  const from = startOf(cdr, release)
  const until = Math.max(proposed?.endedAt ?? endedAt, from)
  const corrected: Cdr = {
    ...held,
    energyMwh: release.as === 'corrected' ? release.energyMwh : (proposed?.energyMwh ?? energyMwh),
    startedAt: from,
    endedAt: until,
    durationMs: until - from,
    state: 'issued',
    notes: [...cdr.notes, `held, and released as ${release.as}`],
    measured: {
      energyMwh,
      ...(exportedMwh !== undefined && { exportedMwh }),
      startedAt,
      endedAt,
      ...(priced !== undefined && { priced }),
    },
  }
  const { account, fault } = billed(corrected, price)
  return fault === undefined ? account : 'priceDoesNotAddUp'
}

const differences = (before: Measured, now: Measured): readonly string[] => {
  const changed = [
    ...(before.energyMwh === now.energyMwh ? [] : ['energy']),
    ...(before.exportedMwh === now.exportedMwh ? [] : ['energy given back']),
    ...(before.startedAt === now.startedAt && before.endedAt === now.endedAt ? [] : ['time']),
  ]
  // a price that follows from what has changed is no change of its own
  return changed.length === 0 && !isSamePrice(before.priced, now.priced) ? ['price'] : changed
}

/** A tariff that is there only now changes no account. */
const isSamePrice = (before: Priced | undefined, now: Priced | undefined): boolean =>
  before === undefined ||
  now === undefined ||
  canonical([before.tariff.currency, before.total]) === canonical([now.tariff.currency, now.total])

/** Whether the account of a session has changed between two of its states; then its CDR must be looked at again. */
export const isAccountChanged = (before: Session | undefined, now: Session): boolean => {
  if (!isBillable(now)) return false
  return (
    before === undefined || !isBillable(before) || differences(accountOf('', before), accountOf('', now)).length > 0
  )
}

/** What the account of a session would be if it ended then; of one that is over, what it is. */
export const accountSoFar = (session: Session, at: number): Cdr =>
  accountOf('', session.endedAt === undefined ? { ...session, endedAt: at } : session)

/** The session as an account, without its price. */
const accountOf = (id: string, session: Session): Cdr => {
  const energy = energyOf(session) ?? { mwh: 0, estimated: true, course: 'regular' }
  const exported = givenBack(session.exported)
  const startedAt = session.startedAt ?? 0
  const endedAt = Math.max(session.endedAt ?? startedAt, startedAt)
  return {
    id,
    tenant: session.tenant,
    version: 0,
    session: session.id,
    chargePoint: session.identity,
    evse: session.evse,
    connector: session.connector,
    ...(session.token !== undefined && { token: session.token }),
    ...(session.authorization?.contract !== undefined && { contract: session.authorization.contract }),
    startedAt,
    endedAt,
    energyMwh: energy.mwh,
    ...(exported !== undefined && { exportedMwh: exported.mwh }),
    durationMs: endedAt - startedAt,
    stopReason: session.stopReason ?? 'Inferred',
    state: 'issued',
    credits: [],
    notes: [
      ...(energy.estimated ? ['estimated'] : []),
      ...(energy.summed === true ? ['energy from intervals'] : []),
      ...(energy.course === 'regular' ? [] : [`register: ${energy.course}`]),
      ...(exported === undefined || exported.course === 'regular' ? [] : [`export register: ${exported.course}`]),
      ...gapNotes(session),
      ...(session.inferredBy === undefined ? [] : [`closed by inference: ${session.inferredBy}`]),
    ],
  }
}

/** Why it is billed although not all of its events are here (INV-22). */
const gapNotes = ({ events }: Session): readonly string[] => {
  const gaps = events && gapsOf(events)
  return gaps === undefined ? [] : [events?.settled === undefined ? gaps : `${gaps}: ${events.settled}`]
}
