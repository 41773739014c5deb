import type { Recording, SessionAccount } from '../../core/domain/recording.ts'

/** A recording to keep beside the tests: whose it was cannot be told from it, and what must come of it is in it. */
export interface Fixture {
  /** A sentence for whoever reads a failing test. */
  readonly about: string
  readonly recording: Recording
  readonly expected: {
    /** Every state that a machine comes into, in order. */
    readonly states: readonly string[]
    readonly account: Omit<SessionAccount, 'id'>
  }
}

/** Names that tell whose charge point or card it was; what they hold does not matter to any machine. */
const telling =
  /^(?:chargePointSerialNumber|chargeBoxSerialNumber|meterSerialNumber|iccid|imsi|serialNumber|address|command)$/
const anybody = 'X'

/** The recording without identity, serial numbers, and pseudonyms that could be held against those of its installation. */
export const redacted = (recording: Recording): Recording => {
  const tokens = new Map<string, string>()
  const pseudonymOf = (known: string): string => {
    const pseudonym = tokens.get(known) ?? `~${String(tokens.size + 1).padStart(10, '0')}`
    tokens.set(known, pseudonym)
    return pseudonym
  }
  const value = (inner: unknown): unknown => {
    if (typeof inner === 'string')
      return inner === recording.identity ? 'STATION' : inner.replaceAll(/~[0-9a-f]{10}/g, pseudonymOf)
    if (Array.isArray(inner)) return inner.map(value)
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(
      Object.entries(inner).map(([name, field]) => [name, telling.test(name) ? anybody : value(field)]),
    )
  }
  const text = (of: string): string => {
    try {
      return JSON.stringify(value(JSON.parse(of)))
    } catch {
      return of.replaceAll(/~[0-9a-f]{10}/g, pseudonymOf).replaceAll(recording.identity, 'STATION')
    }
  }
  return {
    ...recording,
    identity: 'STATION',
    entries: recording.entries.map((entry) => ({ ...entry, text: text(entry.text) })),
    stored: { ...recording.stored, id: anybody },
  }
}

export const fixtureOf = (recording: Recording, states: readonly string[]): Fixture => {
  const { id: _, ...account } = recording.stored
  return {
    about: `a session of ${new Date(recording.stored.startedAt ?? recording.until).toISOString().slice(0, 10)}`,
    recording: redacted(recording),
    expected: { states, account },
  }
}
