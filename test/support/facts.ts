import {
  type SessionEvent,
  sessionEventKey,
  type SessionSampled,
  type SessionStarted,
  type SessionStopped,
  startedKey,
  stoppedKey,
} from '../../core/domain/fact.ts'
import type { Reading } from '../../core/domain/meter.ts'
import { readingOf } from '../../core/ocpp/actions/meter-value.ts'
import { wireKey } from '../../core/domain/session.ts'
import { testDigest } from './database.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const minute = 60_000

const base = (identity: string) => ({
  tenant: 'default',
  identity,
  protocol: 'ocpp1.6',
  flags: [],
  wire: '[2,"a","X",{}]',
})

export const started = (identity: string, over: Partial<SessionStarted> = {}): SessionStarted => {
  const content = { evse: 1, connector: 1, token: 'CARD1', meterMwh: 1_000_000, at: noon, clockless: false, ...over }
  return {
    ...base(identity),
    kind: 'session.started',
    authorization: { status: 'Accepted' },
    receivedAt: content.at,
    ...content,
    key: over.key ?? startedKey(testDigest, { ...content, atKey: String(content.at) }),
  }
}

export const stopped = (identity: string, transaction: string, over: Partial<SessionStopped> = {}): SessionStopped => {
  const content = { transaction, meterMwh: 6_000_000, at: noon + 60 * minute, reason: 'Local', ...over }
  return {
    ...base(identity),
    kind: 'session.stopped',
    readings: [],
    wireKey: wireKey(`default/${identity}`, content.transaction),
    receivedAt: content.at,
    ...content,
    key: stoppedKey(testDigest, { ...content, atKey: String(content.at) }),
  }
}

/** One event of a session of 2.x, under this number. */
export const numbered = (identity: string, seq: number, over: Partial<SessionEvent> = {}): SessionEvent => {
  const transaction = over.transaction ?? `${identity}-tx`
  const event = {
    kind: 'session.event' as const,
    phase: 'updated' as const,
    transaction,
    seq,
    trigger: 'MeterValuePeriodic',
    at: noon + seq * minute,
    isOffline: false,
    readings: [],
    ...(seq === 0 && { evse: 1, connector: 1, token: 'CARD1', authorization: { status: 'Accepted' as const } }),
    ...over,
  }
  return {
    ...base(identity),
    protocol: 'ocpp2.0.1',
    receivedAt: event.at,
    wireKey: wireKey(`default/${identity}`, transaction),
    key: sessionEventKey(testDigest, transaction, seq, JSON.stringify(over)),
    ...event,
  }
}

export const reading = (minutes: number, mwh: number): Reading => {
  const at = noon + minutes * minute
  return {
    at,
    registerMwh: mwh,
    text: JSON.stringify({ timestamp: new Date(at).toISOString(), sampledValue: [{ value: String(mwh / 1000) }] }),
  }
}

/** A reading that tells what flowed since the one before, and no register. */
export const interval = (minutes: number, mwh: number): Reading => {
  const { at } = reading(minutes, 0)
  const sampledValue = [{ value: String(mwh / 1000), measurand: 'Energy.Active.Import.Interval' }]
  return readingOf({ timestamp: new Date(at).toISOString(), sampledValue }, at)
}

/** A reading that is called the one of the start, or of the end. */
export const bound = (of: 'Begin' | 'End', minutes: number, mwh: number): Reading => {
  const { at } = reading(minutes, 0)
  const sampledValue = [{ value: String(mwh / 1000), context: `Transaction.${of}` }]
  return readingOf({ timestamp: new Date(at).toISOString(), sampledValue }, at)
}

export const sampled = (
  identity: string,
  transaction: string | undefined,
  ...readings: readonly Reading[]
): SessionSampled => ({
  ...base(identity),
  kind: 'session.sampled',
  evse: 1,
  connector: 1,
  at: readings[0]?.at ?? noon,
  receivedAt: readings[0]?.at ?? noon,
  key: '',
  readings,
  transaction,
  wireKey: transaction === undefined ? undefined : wireKey(`default/${identity}`, transaction),
})
