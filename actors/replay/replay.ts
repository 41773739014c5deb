import { noCharging } from '../../core/charging/composite.ts'
import {
  accountOf,
  type Difference,
  differencesOf,
  type RecordedEntry,
  type Recording,
} from '../../core/domain/recording.ts'
import type { SessionAccount } from '../../core/domain/recording.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Log } from '../../core/ports/log.ts'
import type { Telemetry } from '../../core/ports/telemetry.ts'
import { defaultSettings, type StateChange, Worker } from '../worker.ts'
import { type AnswerDifference, Answers } from './answers.ts'
import { recordedPlugAndCharge } from './certificates.ts'
import { recordedRequests, recordedTokens } from './decisions.ts'
import { Stage } from './stage.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { ReplayParts, World } from './world.ts'

/** What happens while a recording is played, at which moment of its time. */
export type Happening = { readonly at: number } & (
  | { readonly type: 'recorded'; readonly entry: RecordedEntry }
  /** Our worker says this, now that it hears it again. */
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'state'; readonly change: StateChange }
  /** A deadline of the business has come. */
  | { readonly type: 'inferred'; readonly session: string; readonly because: string }
)

export interface Replayed {
  /** Frames that were played. */
  readonly frames: number
  /** Every state that a machine came into, in order: `connector 1: charging`. */
  readonly states: readonly string[]
  /** The session, as it came out this time. */
  readonly account: SessionAccount | undefined
  readonly differences: readonly Difference[]
  readonly answers: { readonly compared: number; readonly different: readonly AnswerDifference[] }
}

const silence: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const deaf: Telemetry = {
  count: () => {},
  counter: () => ({ add: () => {} }),
  gauge: () => {},
  took: () => {},
  span: () => undefined,
}

/**
 * Plays a recording to a worker of its own: the real actors and the real core, on a virtual clock, with everything that
 * is stored in memory. What the outside decided then (tokens, registration, transaction ids, orders) is decided again.
 */
export const replay = async (
  recording: Recording,
  { digest, world: makeWorld, breathe }: ReplayParts,
  hear: (happening: Happening) => void = () => {},
): Promise<Replayed> => {
  const clock = new VirtualClock(recording.entries[0]?.at ?? recording.until, breathe)
  const answers = new Answers(recording.entries)
  let serial = 0
  const ids = { uuid: () => `00000000-0000-7000-8000-${(++serial).toString().padStart(12, '0')}` }
  const world = makeWorld({
    clock,
    ids,
    digest,
    transactionFor: (wire) => answers.transactionFor(wire) ?? unanswered(),
  })
  // of a start whose answer was not recorded: the session's own, once
  let own = answers.gave(recording.stored.transaction) ? undefined : numberOf(recording.stored.transaction)
  const unanswered = (): number | undefined => {
    const given = own
    own = undefined
    return given
  }
  const states: string[] = []
  const onState = (change: StateChange): void => {
    const named = { ...change, of: nameOf(change, world) }
    states.push(`${named.machine === 'charge-point' ? 'charge point' : `${named.machine} ${named.of}`}: ${named.state}`)
    hear({ type: 'state', at: clock.now(), change: named })
  }
  const worker = workerOn({ recording, clock, ids, digest, world, onState })
  await worker.start()
  // who is silent is told by the recording
  worker.presence.stop()
  const said = (text: string): void => {
    answers.said(text)
    hear({ type: 'said', at: clock.now(), text })
  }
  const stage = new Stage({ worker, world, clock, recording, said })
  for (const entry of recording.entries) {
    await passTo(entry.at, { clock, world, worker, hear })
    hear({ type: 'recorded', at: clock.now(), entry })
    await stage.play(entry)
    await clock.settle()
  }
  await passTo(recording.until, { clock, world, worker, hear })
  const session = sessionIn(world, recording.stored)
  const account = session && accountOf(session)
  return {
    frames: recording.entries.filter(({ kind }) => kind === 'frame').length,
    states,
    account,
    differences: differencesOf(account, recording.stored),
    answers: { compared: answers.compared, different: answers.differences() },
  }
}

interface Playing {
  readonly clock: VirtualClock
  readonly world: World
  readonly worker: Worker
  readonly hear: (happening: Happening) => void
}

/** Goes on in time; deadlines of the business are handled when they come, as a sweeper would. */
const passTo = async (at: number, { clock, world, worker, hear }: Playing): Promise<void> => {
  for (let due = world.nextDeadline(); due !== undefined && due <= at; due = world.nextDeadline()) {
    await clock.passTo(due)
    const open = new Set([...world.sessions()].filter(({ inferredBy }) => inferredBy === undefined).map(({ id }) => id))
    await world.deadlines.sweep(100)
    for (const { id, tenant, identity, transaction, inferredBy } of world.sessions()) {
      if (inferredBy === undefined || !open.has(id)) continue
      hear({ type: 'inferred', at: clock.now(), session: transaction ?? id, because: inferredBy })
      worker.sessionInferred({ tenant, identity }, id, inferredBy)
    }
    await clock.settle()
  }
  await clock.passTo(at)
}

const workerOn = ({
  recording,
  clock,
  ids,
  digest,
  world,
  onState,
}: Pick<ReplayParts, 'digest'> & {
  readonly recording: Recording
  readonly clock: VirtualClock
  readonly ids: { uuid(): string }
  readonly world: World
  readonly onState: (change: StateChange) => void
}): Worker =>
  new Worker(
    {
      name: 'replay',
      clock,
      timers: clock,
      random: { integer: (least) => least },
      ids,
      digest,
      ledger: world.ledger,
      currentState: world.currentState,
      credentials: {
        find: async () => undefined,
        findAnew: async () => undefined,
        isKnown: () => true,
        open: async () => ({ epoch: 1, connectors: [], reservations: [], ordersWait: false }),
        settle: async () => {},
      },
      tokens: recordedTokens(recording, clock),
      commands: world.commands,
      directory: world.directory,
      bus: world.bus,
      telemetry: deaf,
      log: silence,
      trusts: () => false,
      certificateOf: () => undefined,
      openSessions: { has: () => false },
      pressure: { loopDelayMs: () => 0 },
      // what was made of chance is masked in what was recorded
      secrets: { bytes: (count) => new Uint8Array(count) },
      certificateRequests: recordedRequests(recording),
      prices: { mayHaveTariff: () => false, costOf: async () => undefined },
      vatNumbers: { check: async () => ({ isValid: false }) },
      plugAndCharge: recordedPlugAndCharge(recording),
      ordersWait: () => {},
      orderFor: () => {},
      inventoryOf: () => {},
      chargingOf: async () => noCharging,
      onState,
    },
    { ...defaultSettings, framesPerS: 0, traceMb: 0 },
  )

const numberOf = (transaction: string | undefined): number | undefined =>
  transaction === undefined ? undefined : Number(transaction)

/** A session is called by its transaction, which is the same each time; its id is not. */
const nameOf = ({ machine, of }: StateChange, world: World): string =>
  machine === 'session' ? (world.session(of)?.transaction ?? of) : of

const sessionIn = (world: World, stored: SessionAccount): Session | undefined =>
  [...world.sessions()].find((session) =>
    stored.transaction === undefined ? session.state === 'orphan' : session.transaction === stored.transaction,
  )
