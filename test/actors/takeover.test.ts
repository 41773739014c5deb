import { describe, expect, it } from 'vitest'
import { testWorker } from '../support/worker.ts'

const boot = (vendor: string, model: string): unknown => [
  2,
  'b',
  'BootNotification',
  { chargePointVendor: vendor, chargePointModel: model },
]

const ref = { tenant: 'default', identity: 'CP-1' }

describe('two sockets of one charge point', () => {
  it('INV-30 D-5: the newer one stays, and the older one is closed', async () => {
    const { worker, connect, clock } = testWorker()
    const [older, newer] = [connect(), connect()]
    expect(await older.asks([2, 'a', 'Heartbeat', {}])).toEqual([])
    await clock.pass(1_000)
    expect(older.closes).toEqual([{ code: 1008, reason: 'replaced by a newer connection' }])
    expect(newer.closes).toEqual([])
    expect(worker.registry.find(ref)).toBe(newer.link)
    expect(await newer.asks([2, 'a', 'Heartbeat', {}])).toMatchObject([[3, 'a', {}]])
  })

  it('INV-32 R-10: the late close of the older one changes nothing, and the newer one is still told things', async () => {
    const { worker, connect, reports } = testWorker()
    const [older, newer] = [connect(), connect()]
    worker.gateway.closed(older.link, 1006)
    expect(worker.registry.find(ref)).toBe(newer.link)
    expect(worker.registry.size).toBe(1)
    await newer.asks([2, 'a', 'Heartbeat', {}])
    const gone = reports.filter((r) => r.kind === 'disconnected')
    expect(gone.every((r) => r.epoch === older.link.seat.epoch)).toBe(true)
  })

  it('INV-33 D-19: two sockets that both answer, twice in ten minutes, are two stations under one identity', async () => {
    const { worker, connect, reports, clock } = testWorker()
    const alarms = (): readonly string[] => reports.flatMap((r) => (r.kind === 'alarm' ? [r.alarm] : []))
    const moved = connect()
    connect()
    await clock.pass(1_000)
    // a socket that was left behind says nothing any more: that is no double
    worker.gateway.closed(moved.link, 1006)
    for (let i = 0; i < 2; i++) {
      const double = connect()
      connect()
      expect(double.pings()).toBe(1)
      worker.gateway.ponged(double.link)
      await clock.pass(60_000)
    }
    expect(alarms().filter((alarm) => alarm.startsWith('two'))).toEqual(['two stations under one identity'])
  })

  it('INV-30 D-5: a socket whose replacement elsewhere nobody told of is closed when its place is renewed', async () => {
    const { connect, directory, clock, worker } = testWorker()
    await worker.start()
    const station = connect()
    await directory.claim({ tenant: 'default', identity: 'CP-1' }, { worker: 'w2', epoch: 9 })
    await clock.pass(31_000 + 1_000)
    expect(station.closes).toEqual([{ code: 1008, reason: 'replaced by a newer connection' }])
  })
})

describe('a worker that goes down', () => {
  it('INV-62: closes its sockets with 1012, and cuts those of stations that never come back after a clean close', async () => {
    const { worker, connect, clock } = testWorker({ settings: { abortModels: ['stubborn/*', 'acme/old'] } })
    const [stubborn, old, fine] = [connect('CP-1'), connect('CP-2'), connect('CP-3')]
    await stubborn.asks(boot('Stubborn', 'Any'))
    await old.asks(boot('Acme', 'Old'))
    await fine.asks(boot('Acme', 'New'))
    const drained = worker.drain(1_000)
    await clock.pass(2_000)
    await drained
    expect([stubborn, old, fine].map((station) => [station.cuts(), station.closes.map(({ code }) => code)])).toEqual([
      [1, []],
      [1, []],
      [0, [1012]],
    ])
  })

  it('D-19: is heard of less often by stations that boot while it is pressed and others wait', async () => {
    const { worker, connect, pressed } = testWorker({ settings: { heartbeatS: 300 } })
    // more than may come in at once
    for (let i = 0; i < 501; i++) void worker.gate.enter('default', false)
    const intervals: unknown[] = []
    for (const loopDelayMs of [0, 200, 10_000]) {
      pressed.loopDelayMs = loopDelayMs
      const [answer] = await connect().asks(boot('Acme', 'New'))
      intervals.push((answer as [number, string, { interval: number }])[2].interval)
    }
    expect(intervals).toEqual([300, 600, 1_200])
  })
})
