import { describe, expect, it } from 'vitest'
import type { StoredTrace } from '../../core/ports/trace-store.ts'
import { accept, testWorker } from '../support/worker.ts'

const heartbeat = [2, 'a', 'Heartbeat', {}]

const traced = (options: Parameters<typeof testWorker>[0] = {}) => {
  const test = testWorker(options)
  const entries = (key = 'default/CP-1') => test.worker.trace.newest(key, { limit: 100 }).toReversed()
  const frames = (key?: string) =>
    entries(key)
      .filter(({ kind }) => kind === 'frame')
      .map(({ direction, action, messageId, verdict, latencyMs }) => ({
        direction,
        action,
        messageId,
        verdict,
        latencyMs,
      }))
  const others = (key?: string) =>
    entries(key)
      .filter(({ kind }) => kind !== 'frame')
      .map(({ kind, action, verdict, text }) => ({ kind, action, verdict, details: JSON.parse(text) as unknown }))
  return { ...test, entries, frames, others }
}

describe('the trace of a worker', () => {
  it('keeps every frame with its direction, its action, what became of it and how long it took', async () => {
    const { connect, frames } = traced()
    await connect().asks(heartbeat, [2, 'b', 'NoSuchAction', {}], 'nonsense', [2, '', 'Heartbeat', {}])
    expect(frames()).toEqual([
      { direction: 'in', action: 'Heartbeat', messageId: 'a', verdict: 'taken' },
      { direction: 'out', action: 'Heartbeat', messageId: 'a', verdict: 'answered', latencyMs: 0 },
      { direction: 'in', action: 'NoSuchAction', messageId: 'b', verdict: 'taken' },
      { direction: 'out', messageId: 'b', verdict: 'NotImplemented', latencyMs: 0 },
      { direction: 'in', verdict: 'unreadable' },
      { direction: 'in', action: 'Heartbeat', messageId: '', verdict: 'malformed' },
      { direction: 'out', action: 'Heartbeat', messageId: '', verdict: 'FormationViolation', latencyMs: 0 },
    ])
  })

  it('tells a CALL that came twice while it was unanswered, and one under its id that is another', async () => {
    const { connect, frames, tokens } = traced()
    tokens.set(...accept('CARD1'))
    const authorize = [2, 'a', 'Authorize', { idTag: 'CARD1' }]
    await connect().asks(authorize, authorize, [2, 'a', 'Authorize', { idTag: 'CARD2' }])
    expect(frames().map(({ direction, verdict }) => `${direction} ${verdict}`)).toEqual([
      'in taken',
      'in coalesced',
      'in id in use',
      'out GenericError',
      'out answered',
    ])
  })

  it('measures an answer from the CALL, also where it had to wait', async () => {
    const { connect, frames, clock } = traced({ settings: { framesPerS: 1, frameBurst: 1 } })
    const station = connect()
    await station.asks(heartbeat, [2, 'b', 'Heartbeat', {}])
    await clock.pass(1_500)
    expect(frames().map(({ messageId, latencyMs }) => [messageId, latencyMs])).toEqual([
      ['a', undefined],
      ['a', 0],
      ['b', undefined],
      ['b', 1_000],
    ])
  })

  it('follows CALLs of ours to their answer, in time, late, or to nothing', async () => {
    const { worker, connect, frames, clock } = traced({ settings: { callTimeoutMs: 1_000 } })
    const station = connect()
    const call = (): Promise<unknown> => worker.caller.call(station.link, 'ClearCache', {}, clock.now() + 60_000)
    const idOf = (said: string | undefined): string => String((JSON.parse(said ?? '[]') as unknown[])[1])
    void call()
    await clock.pass(200)
    const first = idOf(station.said.at(-1))
    await station.asks([3, first, { status: 'Accepted' }])
    void call()
    await clock.pass(2_000)
    const second = idOf(station.said.at(-1))
    await station.asks([4, second, 'InternalError', '', {}], [3, 'nothing', {}])
    expect(frames()).toEqual([
      { direction: 'out', action: 'ClearCache', messageId: first, verdict: 'sent' },
      { direction: 'in', action: 'ClearCache', messageId: first, verdict: 'answered', latencyMs: 200 },
      { direction: 'out', action: 'ClearCache', messageId: second, verdict: 'sent' },
      { direction: 'in', action: 'ClearCache', messageId: second, verdict: 'late', latencyMs: 2_000 },
      { direction: 'in', messageId: 'nothing', verdict: 'dropped' },
    ])
  })

  it('notes the socket, the boot, the token and the end beside them', async () => {
    const { connect, others, tokens, worker, digest } = traced()
    tokens.set(...accept('CARD1'))
    const station = connect()
    await station.asks(
      [2, 'a', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }],
      [2, 'b', 'Authorize', { idTag: 'CARD1' }],
      [2, 'c', 'Authorize', { idTag: 'CARD2' }],
    )
    worker.gateway.closed(station.link, 1006)
    expect(others()).toEqual([
      {
        kind: 'opened',
        action: 'ocpp1.6',
        verdict: 'accepted',
        details: { epoch: 1, registration: 'accepted', clockless: false, connectors: [], reservations: [] },
      },
      {
        kind: 'registration',
        action: 'BootNotification',
        verdict: 'accepted',
        details: { call: 'a', registration: 'accepted' },
      },
      {
        kind: 'token',
        action: 'Authorize',
        verdict: 'Accepted',
        details: { call: 'b', token: digest.pseudonym('CARD1'), status: 'Accepted' },
      },
      {
        kind: 'token',
        action: 'Authorize',
        verdict: 'Invalid',
        details: { call: 'c', token: digest.pseudonym('CARD2'), status: 'Invalid' },
      },
      {
        kind: 'closed',
        action: '1006',
        verdict: 'closed',
        details: { epoch: 1, code: 1006, reason: 'closed by the charge point' },
      },
    ])
  })

  it('notes deadlines that came, and what the operator changed', async () => {
    const { connect, others, clock, worker } = traced()
    connect()
    await clock.pass(61_000)
    worker.registry.changed({ tenant: 'default', identity: 'CP-1' }, 'pending')
    expect(others().slice(1)).toEqual([
      { kind: 'deadline', action: 'boot', details: { of: 'boot' } },
      { kind: 'registration', action: 'record', verdict: 'pending', details: { registration: 'pending' } },
    ])
  })

  it('S-20: notes an order when it is written, with what it was; and nothing of one that never is', async () => {
    const { connect, others, worker, order } = traced()
    await worker.start()
    const station = connect()
    await order({ type: 'setConfig', key: 'WifiPassword', value: 'PLANTED' })
    await order({ type: 'startCharging', token: 'PLANTED'.repeat(10) })
    const [, messageId] = JSON.parse(station.said.at(-1) ?? '[]') as readonly string[]
    expect(others().slice(1)).toEqual([
      {
        kind: 'order',
        action: 'ChangeConfiguration',
        verdict: 'sent',
        details: {
          call: messageId,
          command: 'c1',
          number: 1,
          order: { type: 'setConfig', key: 'WifiPassword', value: '***' },
          deadline: expect.any(Number),
        },
      },
    ])
  })

  it('tells who ended a socket: silence, a newer one, or we', () => {
    const { connect, others, worker } = traced()
    const [first, second] = [connect(), connect()]
    worker.registry.silent(second.link)
    worker.registry.dismiss(connect().link, 1012, 'this server restarts')
    expect(first.link.open).toBe(false)
    expect(
      others()
        .filter(({ kind }) => kind === 'closed')
        .map(({ action, verdict }) => `${action} ${verdict}`),
    ).toEqual(['1008 superseded', '1001 silent', '1012 dismissed'])
  })

  it('keeps nothing in memory where that is not wanted', async () => {
    const { connect, entries } = traced({ settings: { traceMb: 0 } })
    await connect().asks(heartbeat)
    expect(entries()).toEqual([])
  })

  describe('in the store', () => {
    const storing = (tracesAll: boolean) => {
      const stored: StoredTrace[] = []
      const test = testWorker({
        outside: {
          traces: { write: async (entries) => void stored.push(...entries) },
          tracesAll: () => tracesAll,
        },
      })
      return { ...test, stored, of: (identity: string) => stored.filter((entry) => entry.identity === identity) }
    }

    it('is as it is in memory, entry by entry', async () => {
      const { connect, clock, of, worker } = storing(true)
      await connect('CP-1').asks(heartbeat)
      await clock.pass(1_000)
      const remembered = worker.trace.newest('default/CP-1', { limit: 100 }).toReversed()
      expect(of('CP-1')).toEqual(remembered.map((entry) => ({ tenant: 'default', identity: 'CP-1', ...entry })))
      expect(of('CP-1')).toHaveLength(3)
    })

    it('is of all while there are few, and of those of whom somebody said so; who said no is left out', async () => {
      for (const [tracesAll, expected] of [
        [true, [3, 3, 0]],
        [false, [0, 3, 0]],
      ] as const) {
        const { connect, clock, of } = storing(tracesAll)
        const stations = ['CP-1', 'CP-2', 'CP-3'].map((identity) => connect(identity, 'accepted'))
        const [, yes, no] = stations
        if (yes !== undefined) yes.link.record = { ...yes.link.record, traced: true }
        if (no !== undefined) no.link.record = { ...no.link.record, traced: false }
        for (const station of stations) await station.asks(heartbeat, [2, 'b', 'Heartbeat', {}])
        await clock.pass(1_000)
        // the sockets opened before anybody had said so
        const opened = tracesAll ? 1 : 0
        expect(
          ['CP-1', 'CP-2', 'CP-3'].map((identity) => of(identity).filter((e) => e.kind === 'frame').length),
        ).toEqual(expected.map((n) => (n === 0 ? 0 : 4)))
        expect(of('CP-3')).toHaveLength(opened)
      }
    })

    it('follows the record from the word to store it until the word not to', async () => {
      const { worker, connect, records, clock, of } = storing(false)
      const station = connect('CP-2')
      const trace = async (on: boolean): Promise<void> => {
        records.set('default/cp-2', { ...station.link.record, traced: on })
        await worker.recordChanged({ tenant: 'default', identity: 'CP-2' })
      }
      await station.asks(heartbeat)
      await trace(true)
      await station.asks([2, 'b', 'Heartbeat', {}])
      await trace(false)
      await station.asks([2, 'c', 'Heartbeat', {}])
      await clock.pass(1_000)
      expect(
        of('CP-2')
          .filter(({ kind }) => kind === 'frame')
          .map(({ messageId }) => messageId),
      ).toEqual(['b', 'b'])
    })

    it('S-08 S-20: holds neither a token nor a secret', async () => {
      const { connect, clock, stored, worker } = storing(true)
      const station = connect('CP-1')
      await station.asks([2, 'a', 'Authorize', { idTag: 'PLANTED-CARD' }], '[2,"b","Authorize",{"idTag":"PLANTED-CARD"')
      void worker.caller.call(
        station.link,
        'ChangeConfiguration',
        { key: 'AuthorizationKey', value: 'PLANTED-KEY' },
        clock.now() + 60_000,
      )
      await clock.pass(2_000)
      expect(stored.length).toBeGreaterThan(5)
      expect(JSON.stringify(stored)).not.toContain('PLANTED')
    })
  })
})
