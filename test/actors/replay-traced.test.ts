import { describe, expect, it } from 'vitest'
import { replay, type Happening } from '../../actors/replay/replay.ts'
import type { StateChange } from '../../actors/worker.ts'
import { memoryWorld } from '../../adapters/memory/world.ts'
import { accountOf, type RecordedEntry } from '../../core/domain/recording.ts'
import { settled } from '../support/clock.ts'
import { testDigest } from '../support/database.ts'
import { accept, testWorker } from '../support/worker.ts'

const time = '2026-11-24T12:00:00Z'
const start = (idTag: string) => [2, 's', 'StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: time }]
const stop = [2, 'e', 'StopTransaction', { transactionId: 1_000_001, meterStop: 500, timestamp: time }]
const callsIn = (texts: readonly string[]): readonly unknown[] =>
  texts
    .map((text) => JSON.parse(text) as readonly unknown[])
    .flatMap(([type, , action]) => (type === 2 ? [action] : []))

/** A worker that is traced, and what comes of its trace when it is played again. */
const recorded = async () => {
  const changes: StateChange[] = []
  const test = testWorker({ outside: { onState: (change) => void changes.push(change) } })
  await test.worker.start()
  const station = test.connect()
  const session = () => [...test.memory.sessions.values()].find(({ identity }) => identity === 'CP-1')
  const answers = async (...all: readonly object[]): Promise<void> => {
    for (const answer of all) {
      const [, messageId] = JSON.parse(station.said.at(-1) ?? '[]') as readonly string[]
      await station.asks([3, messageId, answer])
    }
  }
  const playedAgain = async (more: readonly RecordedEntry[] = []) => {
    const known = session()
    const until = test.clock.now()
    const entries = [...more, ...test.worker.trace.newest('default/CP-1', { limit: 1_000 }).toReversed()]
    const stored = known === undefined ? ({ id: 'none', state: 'open' } as const) : accountOf(known)
    const said: string[] = []
    const hear = (happening: Happening): void => void (happening.type === 'said' && said.push(happening.text))
    let world: ReturnType<typeof memoryWorld> | undefined
    const replayed = await replay(
      { identity: 'CP-1', protocol: 'ocpp1.6', entries, stored, until, missing: [] },
      { digest: testDigest, world: (parts) => (world = memoryWorld(parts)), breathe: settled },
      hear,
    )
    return { ...replayed, said, sessions: [...(world?.sessions() ?? [])] }
  }
  /** Of the machines that go by the same name every time. */
  const states = () =>
    changes.filter(({ machine }) => machine === 'command').map(({ of, state }) => `command ${of}: ${state}`)
  return { ...test, station, answers, session, playedAgain, states }
}
const ofCommands = (states: readonly string[]): readonly string[] => states.filter((s) => s.startsWith('command'))

describe('what a worker has traced, played again', () => {
  it('has the session of a remote start by its tag, and the order that it was for', async () => {
    const { station, tokens, order, answers, playedAgain, states, clock } = await recorded()
    const uid = 'DE-8EM-C12345678-9-LONGER-THAN-20'
    tokens.set('0123456789abcdef', { uid, issuer: '', type: 'EVCO', status: 'Accepted', tag: { chargePoint: 'CP-1' } })
    const id = await order({ type: 'startCharging', evse: 1, token: uid }, { tag: '0123456789ABCDEF' })
    await answers({ status: 'Accepted' })
    await clock.pass(1_000)
    await station.asks([2, 'a', 'Authorize', { idTag: '0123456789ABCDEF' }], start('0123456789abcdef'))
    await clock.pass(60_000)
    await station.asks(stop)
    const again = await playedAgain()
    expect([again.differences, again.answers]).toEqual([[], { compared: 3, different: [] }])
    expect(again.sessions).toMatchObject([{ command: id, state: 'closed' }])
    expect(ofCommands(again.states)).toEqual(states())
    expect(states().at(-1)).toBe('command startCharging: answered')
  })

  it('tells a token that charged elsewhere the same, as often as it asks', async () => {
    const { station, connect, tokens, playedAgain, session } = await recorded()
    const [key, card] = accept('CARD1')
    tokens.set(key, { ...card, mostSessions: 1 })
    await connect('CP-2').asks(start('CARD1'))
    await station.asks([2, 'a', 'Authorize', { idTag: 'CARD1' }], start('CARD1'))
    expect(session()?.authorization?.status).toBe('ConcurrentTx')
    const again = await playedAgain()
    expect([again.differences, again.answers]).toEqual([[], { compared: 2, different: [] }])
  })

  it('has every CALL of an order that takes several, each once', async () => {
    const { station, order, answers, playedAgain } = await recorded()
    const wanted = ['A', 'B', 'C'].map((uid) => ({ uid, status: 'Accepted' as const }))
    await order({ type: 'syncLocalList' }, { context: { localList: { wanted, most: 2 } } })
    await answers({ listVersion: 0 }, { status: 'Accepted' }, { status: 'Accepted' })
    const calls = ['GetLocalListVersion', 'SendLocalList', 'SendLocalList']
    expect(callsIn(station.said)).toEqual(calls)
    expect(callsIn((await playedAgain()).said)).toEqual(calls)
  })

  it('reads what a station has written wrong as it was read then: by the make that its socket began with', async () => {
    const { clock, playedAgain } = await recorded()
    const at = clock.now()
    const status = { connectorId: 1, errorCode: 'NoError', status: 'Available', info: 'NUL' }
    const text = JSON.stringify([2, 'a', 'StatusNotification', status]).replace('NUL', '\0')
    const said = async (details: object): Promise<readonly string[]> =>
      (
        await playedAgain([
          { at, kind: 'opened', text: JSON.stringify(details) },
          { at, kind: 'frame', direction: 'in', text },
        ])
      ).said
    expect(await said({ vendor: 'wallbe', model: 'Pro' })).toEqual(['[3,"a",{}]'])
    expect(await said({})).toEqual([expect.stringMatching(/^\[4,"a","FormationViolation"/)])
  })

  it('refuses a certificate request again that was refused then', async () => {
    const { station, refusedCsr, playedAgain } = await recorded()
    const request = (id: string, csr: string) => [2, id, 'SignCertificate', { csr }]
    refusedCsr.because = 'it names another charge point'
    await station.asks(request('c1', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA'))
    refusedCsr.because = undefined
    await station.asks(request('c2', '-----BEGIN CERTIFICATE REQUEST-----\nBBBB'))
    const { answers, said } = await playedAgain()
    expect(answers).toEqual({ compared: 2, different: [] })
    expect(said).toEqual(['[3,"c1",{"status":"Rejected"}]', '[3,"c2",{"status":"Accepted"}]'])
  })
})
