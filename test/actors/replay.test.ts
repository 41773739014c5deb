import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../actors/replay/virtual-clock.ts'
import { fromJournal } from '../../adapters/replay/journal.ts'
import { redacted } from '../../adapters/replay/fixture.ts'
import type { RecordedEntry, Recording } from '../../core/domain/recording.ts'
import { settled } from '../support/clock.ts'
import { fixtureNamed, itReplays, playedAgain } from '../support/fixture.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const minute = 60_000
const iso = (at: number): string => new Date(at).toISOString()

const heard = (at: number, id: string, action: string, payload: object): RecordedEntry => ({
  at,
  kind: 'frame',
  direction: 'in',
  action,
  messageId: id,
  verdict: 'taken',
  text: JSON.stringify([2, id, action, payload]),
})
const start = (at: number, id = 't-1') =>
  heard(at, id, 'StartTransaction', { connectorId: 1, idTag: '~0000000001', meterStart: 0, timestamp: iso(at) })
const stop = (at: number, meterStop: number) =>
  heard(at, 't-2', 'StopTransaction', { transactionId: 7, meterStop, timestamp: iso(at) })
const status = (at: number, word: string) =>
  heard(at, `s-${at}`, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: word })

const recordingOf = (entries: readonly RecordedEntry[], more: Partial<Recording> = {}): Recording => ({
  identity: 'CP-1',
  protocol: 'ocpp1.6',
  entries,
  stored: { id: 'x', transaction: '7', state: 'closed', authorization: 'Accepted' },
  until: noon + 60 * minute,
  missing: [],
  ...more,
})

describe('sessions that were kept', () => {
  itReplays('lost-connection')
})

describe('a replay', () => {
  it('tells every state in order, and the session with its energy', async () => {
    const { states, account } = await playedAgain(
      recordingOf([
        status(noon, 'Preparing'),
        start(noon + 1),
        status(noon + 2, 'Charging'),
        stop(noon + 9 * minute, 1_234),
        status(noon + 10 * minute, 'Available'),
      ]),
    )
    expect(states).toEqual([
      'charge point: greeting',
      'connector 1: preparing',
      'session 7: charging',
      'connector 1: charging',
      // nobody booted: it was asked to, and is served all the same
      'charge point: accepted',
      'session 7: closed',
      'connector 1: available',
    ])
    expect(account).toMatchObject({
      state: 'closed',
      transaction: '7',
      energyMwh: 1_234_000,
      endedAt: noon + 9 * minute,
    })
  })

  it('fails when the machines do not do what was stored', async () => {
    const fixture = fixtureNamed('lost-connection')
    const entries = fixture.recording.entries.map((entry) => ({
      ...entry,
      text: entry.text.replace('"meterStop":127789', '"meterStop":127000'),
    }))
    const { differences } = await playedAgain({ ...fixture.recording, entries })
    expect(differences).toEqual([
      { of: 'energyMwh', replayed: 3_544_000, stored: 4_333_000 },
      { of: 'meterStopMwh', replayed: 127_000_000, stored: 127_789_000 },
    ])
  })

  it('tells when an answer is not the one that was given then, and takes no offence at the time of day', async () => {
    const { recording } = fixtureNamed('lost-connection')
    expect((await playedAgain(recording)).answers).toEqual({ compared: 15, different: [] })
    const entries = recording.entries.map((entry) =>
      entry.kind === 'token' ? { ...entry, verdict: 'Blocked' } : entry,
    )
    const { different } = (await playedAgain({ ...recording, entries })).answers
    expect(different.map(({ messageId }) => messageId)).toEqual(['a-1', 't-1', 'q-3', 'q-4'])
  })

  it('lets deadlines of a day come in no time: a session without a stop is closed by its hold', async () => {
    const entries = [start(noon), status(noon + minute, 'Charging'), status(noon + 2 * minute, 'Available')]
    const stored = { id: 'x', transaction: '7', state: 'inferred', authorization: 'Accepted' } as const
    const days = recordingOf(entries, { stored, until: noon + 48 * 60 * minute })
    const { states, account } = await playedAgain(days)
    expect(account).toMatchObject({ state: 'inferred' })
    expect(states.at(-1)).toBe('session 7: inferred')
    expect((await playedAgain({ ...days, until: noon + 23 * 60 * minute })).account).toMatchObject({ state: 'open' })
  })

  it('decides about a token as it was decided then, also where that has changed since', async () => {
    const token = (at: number, verdict: string): RecordedEntry => ({
      at,
      kind: 'token',
      verdict,
      text: JSON.stringify({ token: '~0000000001', status: verdict }),
    })
    const { states } = await playedAgain(
      recordingOf([
        start(noon),
        token(noon + 1, 'Blocked'),
        start(noon + minute, 't-3'),
        token(noon + minute, 'Accepted'),
      ]),
    )
    expect(states.filter((state) => state.startsWith('session'))).toEqual([
      'session 7: refused',
      'session 8: charging',
      // a refused one is closed after a while, as always
      'session 7: inferred',
    ])
  })

  it('sends the CALLs of ours again that were sent, and gives the station’s answers to them', async () => {
    const called = (at: number): RecordedEntry => ({
      at,
      kind: 'frame',
      direction: 'out',
      action: 'ClearCache',
      messageId: 'then',
      verdict: 'sent',
      text: '[2,"then","ClearCache",{}]',
    })
    const answered: RecordedEntry = {
      at: noon + 2,
      kind: 'frame',
      direction: 'in',
      messageId: 'then',
      text: '[3,"then",{"status":"Accepted"}]',
    }
    const { frames, answers } = await playedAgain(
      recordingOf([start(noon), called(noon + 1), answered, start(noon + 3)]),
    )
    expect([frames, answers.compared]).toEqual([4, 0])
  })

  it('gives up on nothing that was recorded, however odd', async () => {
    const odd: readonly RecordedEntry[] = [
      { at: noon, kind: 'opened', text: 'no details' },
      { at: noon, kind: 'frame', direction: 'in', text: 'nonsense' },
      { at: noon, kind: 'frame', direction: 'out', action: 'Reset', messageId: 'x', verdict: 'sent', text: '[2' },
      { at: noon, kind: 'order', text: '{"command":7}' },
      { at: noon, kind: 'token', text: '[]' },
      { at: noon, kind: 'closed', text: '{}' },
      { at: noon - minute, kind: 'frame', direction: 'in', text: '[3,"unasked",{}]' },
    ]
    expect(await playedAgain(recordingOf(odd))).toMatchObject({ frames: 3, account: undefined })
  })
})

describe('what the journal adds to a trace', () => {
  const session = {
    id: 'x',
    chargePoint: 'CP-1',
    evse: 1,
    transaction: '7',
    authorization: 'Accepted',
    state: 'closed',
    startedAt: null,
    endedAt: null,
    meterStartWh: 0,
    meterStopWh: null,
    energyWh: null,
    stopReason: null,
  } as const
  const reading = (at: number, value: string) => ({ timestamp: iso(at), sampledValue: [{ value }] })
  const fact = (entry: RecordedEntry, kind: string) => ({
    kind,
    receivedAt: iso(entry.at),
    protocol: 'ocpp1.6',
    frame: JSON.parse(entry.text) as unknown,
    reading: null,
  })
  const sample = (at: number, value: string) => ({
    kind: 'reading',
    receivedAt: iso(at),
    protocol: 'ocpp1.6',
    frame: null,
    reading: reading(at, value),
  })
  const [begun, ended] = [start(noon), stop(noon + 9 * minute, 900)]
  const meter = heard(noon + minute, 'm-1', 'MeterValues', {
    connectorId: 1,
    transactionId: 7,
    meterValue: [reading(noon + minute, '100')],
  })
  const messages = [
    fact(begun, 'session.started'),
    sample(noon + minute, '100'),
    sample(noon + 2 * minute, '200'),
    fact(ended, 'session.stopped'),
  ]

  it('is nothing where all of it was traced', () => {
    expect(fromJournal(session, messages.slice(0, 2), [begun, meter])).toEqual({ added: [], messages: 0 })
  })

  it('is what the trace has lost: frames as they came, readings as a MeterValues of their moment', () => {
    const { added } = fromJournal(session, messages, [begun, meter])
    expect(added.map(({ at, text }) => [at, JSON.parse(text) as unknown])).toEqual([
      [ended.at, JSON.parse(ended.text)],
      [
        noon + 2 * minute,
        [
          2,
          'reading-1',
          'MeterValues',
          { connectorId: 1, transactionId: 7, meterValue: [reading(noon + 2 * minute, '200')] },
        ],
      ],
    ])
  })

  it('is all of it where nothing was traced, and enough for the same session and energy', async () => {
    const { added } = fromJournal(session, messages, [])
    expect(added).toHaveLength(4)
    const { account } = await playedAgain(recordingOf([...added].sort((a, b) => a.at - b.at)))
    expect(account).toMatchObject({ state: 'closed', energyMwh: 900_000 })
  })
})

describe('a fixture', () => {
  it('S-20: holds neither identity, nor serial numbers, nor pseudonyms of its installation; equal stays equal', () => {
    const boot = heard(noon, 'CP-1', 'BootNotification', {
      chargePointSerialNumber: 'SERIAL',
      iccid: '89',
      vendor: 'CP-1',
    })
    const tokens = ['~aaaaaaaaaa', '~bbbbbbbbbb', '~aaaaaaaaaa'].map((idTag, i) =>
      heard(noon + i, `a-${i}`, 'Authorize', { idTag }),
    )
    const broken: RecordedEntry = { at: noon, kind: 'frame', direction: 'in', text: '[2,"CP-1","~bbbbbbbbbb' }
    const { identity, entries } = redacted(recordingOf([boot, ...tokens, broken]))
    expect(identity).toBe('STATION')
    expect(entries.map(({ text }) => text)).toEqual([
      '[2,"STATION","BootNotification",{"chargePointSerialNumber":"X","iccid":"X","vendor":"STATION"}]',
      '[2,"a-0","Authorize",{"idTag":"~0000000001"}]',
      '[2,"a-1","Authorize",{"idTag":"~0000000002"}]',
      '[2,"a-2","Authorize",{"idTag":"~0000000001"}]',
      '[2,"STATION","~0000000002',
    ])
  })
})

describe('a fixture of orders', () => {
  it('S-20: holds neither addresses, nor certificates, nor ids of orders; two orders stay two', () => {
    const order = (id: string, more: object): RecordedEntry => ({
      at: noon,
      kind: 'order',
      text: JSON.stringify({ command: id, ...more }),
    })
    const { entries } = redacted(
      recordingOf([
        order('0199', { location: 'https://csms.example/files/***/a.bin' }),
        order('0200', { order: { signingCertificate: 'PEM' } }),
        order('0199', { location: 'Outlet' }),
        heard(noon, 'c', 'SignCertificate', { csr: 'PEM' }),
      ]),
    )
    expect(entries.map(({ text }) => text)).toEqual([
      '{"command":"order-1","location":"https://example.org/"}',
      '{"command":"order-2","order":{"signingCertificate":"X"}}',
      '{"command":"order-1","location":"Outlet"}',
      '[2,"c","SignCertificate",{"csr":"X"}]',
    ])
  })
})

describe('a virtual clock', () => {
  it('fires timers in their order at their time, and what follows from one before the next', async () => {
    const clock = new VirtualClock(0, settled)
    const told: string[] = []
    clock.after(20, () => told.push(`second at ${clock.now()}`))
    clock.after(10, () => {
      told.push(`first at ${clock.now()}`)
      void Promise.resolve().then(() => clock.soon(() => told.push(`after the first at ${clock.now()}`)))
      clock.after(5, () => told.push(`between at ${clock.now()}`))
    })
    const cancel = clock.after(15, () => told.push('never'))
    cancel()
    await clock.passTo(30)
    expect([told, clock.now()]).toEqual([['first at 10', 'after the first at 10', 'between at 15', 'second at 20'], 30])
    await clock.passTo(5)
    expect(clock.now()).toBe(30)
  })
})
