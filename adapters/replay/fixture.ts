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
  /^(?:chargePointSerialNumber|chargeBoxSerialNumber|meterSerialNumber|iccid|imsi|serialNumber|serial|address|csr|certificate|certificateChain|chain|signingCertificate|signature)$/
const anybody = 'X'
/** An address tells whose servers they are; one must stay one. */
const address = /^[a-z]+:\/\//i
const anywhere = 'https://example.org/'

/** The recording without identity, serial numbers, and pseudonyms that could be held against those of its installation. */
export const redacted = (recording: Recording): Recording => {
  const pseudonymOf = numbered((n) => `~${String(n).padStart(10, '0')}`)
  const orderOf = numbered((n) => `order-${n}`)
  const value = (inner: unknown): unknown => {
    if (typeof inner === 'string' && address.test(inner)) return anywhere
    if (typeof inner === 'string')
      return inner === recording.identity ? 'STATION' : inner.replaceAll(/~[0-9a-f]{10}/g, pseudonymOf)
    if (Array.isArray(inner)) return inner.map(value)
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(
      Object.entries(inner).map(([name, field]) => [
        name,
        telling.test(name) ? anybody : name === 'command' ? orderOf(String(field)) : value(field),
      ]),
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

/** Names in the order in which they were first met: equal stays equal. */
const numbered = (nameOf: (n: number) => string): ((known: string) => string) => {
  const names = new Map<string, string>()
  return (known) => {
    const name = names.get(known) ?? nameOf(names.size + 1)
    names.set(known, name)
    return name
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
