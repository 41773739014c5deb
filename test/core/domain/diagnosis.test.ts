import { describe, expect, it } from 'vitest'
import { type ConnectivityFacts, diagnose, freshMs } from '../../../core/domain/diagnosis.ts'

const now = Date.UTC(2026, 10, 27, 12)
const minute = 60_000
const ago = <Value>(minutes: number, value: Value) => ({ value, at: now - minutes * minute })

/** A charge point that fell silent half an hour ago, and whose SIM its provider was asked about since. */
const silent: ConnectivityFacts = {
  registration: 'accepted',
  hasBooted: true,
  socket: ago(30, 'closed'),
  connectors: ago(40, 'usable'),
  sim: ago(9_000, { iccid: '8988303000123456789' }),
  provider: 'one',
  simState: ago(5, 'active'),
  attachment: ago(5, 'attached'),
  dataSession: ago(5, 'open'),
  usage: ago(700, '2026-11-27'),
}
const without = (...names: (keyof ConnectivityFacts)[]): ConnectivityFacts =>
  Object.fromEntries(Object.entries(silent).filter(([name]) => !names.includes(name as never))) as never

const of = (facts: Partial<ConnectivityFacts>): readonly [string, string] => {
  const { cause, certainty } = diagnose({ ...silent, ...facts }, now)
  return [cause, certainty]
}

describe('why a charge point is silent', () => {
  const rows: readonly (readonly [string, Partial<ConnectivityFacts>, string])[] = [
    [
      'its SIM was never switched on',
      { simState: ago(5, 'inactive'), attachment: ago(5, 'detached'), dataSession: ago(5, 'none') },
      'simInactive',
    ],
    [
      'its SIM is suspended',
      { simState: ago(5, 'suspended'), attachment: ago(5, 'detached'), dataSession: ago(5, 'none') },
      'simInactive',
    ],
    [
      'its SIM is blocked',
      { simState: ago(5, 'blocked'), attachment: ago(5, 'unknown'), dataSession: ago(5, 'none') },
      'simInactive',
    ],
    [
      'its SIM is retired',
      { simState: ago(5, 'retired'), attachment: ago(5, 'unknown'), dataSession: ago(5, 'unknown') },
      'simInactive',
    ],
    ['no network has it', { attachment: ago(5, 'detached'), dataSession: ago(5, 'none') }, 'notAttached'],
    ['a network has it, without a connection for data', { dataSession: ago(5, 'none') }, 'noDataSession'],
    ['there is a connection for data, and no OCPP', {}, 'noOcpp'],
    ['it is connected, and not accepted', { socket: ago(30, 'open'), registration: 'pending' }, 'ocppNotReady'],
    ['it is connected, and has not booted', { socket: ago(30, 'open'), hasBooted: false }, 'ocppNotReady'],
    [
      'it is connected, and can charge nobody',
      { socket: ago(30, 'open'), connectors: ago(5, 'unusable') },
      'ocppNotReady',
    ],
    ['it is not silent', { socket: ago(30, 'open') }, 'none'],
    ['what it reports as its SIM is none', { sim: ago(30, { iccid: '17', fault: 'it has 2 digits' }) }, 'noSim'],
    [
      'nothing is known of its connection',
      { attachment: ago(5, 'unknown'), dataSession: ago(5, 'unknown') },
      'unknown',
    ],
    ['a network has it, and nothing is known of data', { dataSession: ago(5, 'unknown') }, 'unknown'],
  ]
  it.each(rows)('%s', (_, facts, cause) => {
    expect(of(facts)).toEqual([cause, 'sure'])
  })

  it('no SIM is known: it says so, and not that something is wrong with one', () => {
    const told = diagnose(without('sim', 'provider', 'simState', 'attachment', 'dataSession', 'usage'), now)
    expect([told.cause, told.certainty]).toEqual(['noSim', 'sure'])
    expect(told.text).toContain('never reported a SIM')
    expect(told.evidence.map(({ fact }) => fact)).toEqual(['socket', 'registration', 'connectors'])
  })

  it('its provider was never asked: unknown, and it says whom to ask', () => {
    const told = diagnose(without('simState', 'attachment', 'dataSession', 'usage'), now)
    expect([told.cause, told.text]).toEqual(['unknown', 'Too little is known of its SIM: ask its provider.'])
  })

  it('it has never connected, though there is a connection for data', () => {
    const told = diagnose(without('socket'), now)
    expect(told.cause).toBe('noOcpp')
    expect(told.text).toContain('It has never connected.')
  })

  it('what its provider said before it fell silent is stale, whatever it says', () => {
    expect(
      of({ simState: ago(31, 'suspended'), attachment: ago(31, 'detached'), dataSession: ago(31, 'none') }),
    ).toEqual(['simInactive', 'stale'])
    expect(of({ dataSession: ago(31, 'open') })).toEqual(['noOcpp', 'stale'])
  })

  it('what its provider said long ago is stale, though it was silent then already', () => {
    const hours = freshMs / minute
    const facts: Partial<ConnectivityFacts> = {
      socket: ago(hours + 60, 'closed'),
      attachment: ago(hours + 1, 'detached'),
    }
    expect(of({ ...facts, dataSession: ago(hours + 1, 'none') })).toEqual(['notAttached', 'stale'])
    expect(of({ ...facts, attachment: ago(hours, 'detached'), dataSession: ago(hours, 'none') })).toEqual([
      'notAttached',
      'sure',
    ])
  })

  it('only what the cause rests on makes it stale', () => {
    expect(
      of({ simState: ago(5, 'suspended'), attachment: ago(900, 'detached'), dataSession: ago(900, 'none') }),
    ).toEqual(['simInactive', 'sure'])
  })

  describe('where what is known does not go together, the newest of it is believed', () => {
    const contradicting: readonly (readonly [string, Partial<ConnectivityFacts>, string])[] = [
      ['suspended, and data since', { simState: ago(8, 'suspended') }, 'noOcpp'],
      ['data, and suspended since', { simState: ago(2, 'suspended') }, 'simInactive'],
      ['of the same moment, what is nearer to it', { simState: ago(5, 'suspended') }, 'noOcpp'],
      ['no network, and data since', { attachment: ago(8, 'detached') }, 'noOcpp'],
      ['data, and no network since', { attachment: ago(2, 'detached') }, 'notAttached'],
      [
        'connected by a SIM that is off',
        {
          socket: ago(30, 'open'),
          simState: ago(5, 'suspended'),
          attachment: ago(5, 'unknown'),
          dataSession: ago(5, 'none'),
        },
        'none',
      ],
      [
        'connected after no network had it',
        { socket: ago(30, 'open'), attachment: ago(5, 'detached'), dataSession: ago(5, 'none') },
        'none',
      ],
    ]
    it.each(contradicting)('%s', (_, facts, cause) => {
      const told = diagnose({ ...silent, ...facts }, now)
      expect([told.cause, told.certainty]).toEqual([cause, 'contradicting'])
      expect(told.contradictions.length).toBeGreaterThan(0)
    })
  })

  it('names each fact with who has seen it, and how long ago', () => {
    expect(
      diagnose(silent, now).evidence.map(({ fact, from, ageMs, isStale }) => [fact, from, ageMs / minute, isStale]),
    ).toEqual([
      ['sim', 'station', 9_000, false],
      ['simState', 'provider', 5, false],
      ['attachment', 'provider', 5, false],
      ['dataSession', 'provider', 5, false],
      ['usage', 'provider', 700, true],
      ['socket', 'server', 30, false],
      ['registration', 'server', 30, false],
      ['connectors', 'station', 40, false],
    ])
  })

  it('says for how long a network may be wrong', () => {
    const told = diagnose({ ...silent, dataSession: ago(5, 'none'), lagMs: 48 * 60 * minute }, now)
    expect(told.text).toContain('for 48 hours')
  })
})
