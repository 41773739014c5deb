import { describe, expect, it } from 'vitest'
import { OrderDesk } from '../../actors/commander.ts'
import type { Command, Order } from '../../core/domain/command.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import { settled } from '../support/clock.ts'
import { silence } from '../support/quiet.ts'
import { testWorker } from '../support/worker.ts'

const ref = { tenant: 'default', identity: 'CP-1' }
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await settled()
}
const begin = async () => {
  const test = testWorker()
  await test.worker.start()
  const station = test.connect()
  const calls = (said: readonly string[] = station.said): readonly [number, string, string, object][] =>
    said.map((text) => JSON.parse(text) as [number, string, string, object]).filter(([type]) => type === 2)
  const answers = (answer: object) => station.asks([3, calls().at(-1)?.[1], answer])
  const again = async (command: Command): Promise<void> => {
    await test.bus.ask('w1', { number: 4, to: ref, command }, 1_000)
    await settle()
  }
  const known = (id: string): Command => test.commands.get(id) as Command
  return { ...test, station, calls, answers, again, known }
}
const start: Order = { type: 'startCharging', evse: 1, token: 'CARD1' }
const reset: Order = { type: 'reset', kind: 'soft' }

describe('an order that waits for its station', () => {
  it('INV-48: that both the connect and the boot have fetched stands in the line twice, and is written once', async () => {
    const { order, again, answers, calls, known } = await begin()
    await order({ type: 'clearCache' })
    const id = await order(start, { waits: true })
    await again(known(id))
    for (let i = 0; i < 3; i++) await answers({ status: 'Accepted' })
    expect(calls().map(([, , action]) => action)).toEqual(['ClearCache', 'RemoteStartTransaction'])
    expect(known(id)).toMatchObject({ state: 'answered' })
  })

  it('INV-48: that has been answered is not written again by whoever still takes it for queued', async () => {
    const { order, again, answers, calls, known } = await begin()
    const id = await order(start, { waits: true })
    await answers({ status: 'Accepted' })
    await again({ ...known(id), state: 'queued' })
    expect(calls()).toHaveLength(1)
  })

  it.each([
    ['goes on waiting, where it may', true, { state: 'queued' }],
    ['was not delivered, where it may not wait', false, { state: 'done', outcome: 'notDelivered' }],
  ])('in a line whose socket closes %s', async (_, waits, left) => {
    const { order, worker, station, known } = await begin()
    await order({ type: 'clearCache' })
    const id = await order(reset, { waits })
    worker.registry.leave(station.link, 1006)
    await settle()
    expect(known(id)).toMatchObject(left)
  })

  it('goes on waiting at a station that is pending', async () => {
    const { order, connect, known } = await begin()
    connect('CP-1', 'pending')
    const id = await order(start, { waits: true })
    expect(known(id)).toMatchObject({ state: 'queued' })
  })

  it('that its worker no longer holds a socket for is looked for once more', async () => {
    const { bus, directory, store, digest, clock } = testWorker()
    const asked: number[] = []
    const desk = new OrderDesk({
      directory: { ...directory, locate: async () => ({ worker: 'w9', epoch: 1, connectedAt: 0 }) as never },
      bus: { ...bus, ask: async (_, { number }) => (asked.push(number), { type: 'notHere' }) },
      commands: store,
      contexts: { of: async () => ({}), presentsTag: async () => false },
      digest,
      clock,
      timers: clock,
      ids: { uuid: () => 'order-1' },
      log: silence,
    })
    await desk.order(ref, reset, 60_000, { waits: true })
    await settle()
    await clock.pass(3_000)
    await settle()
    expect(asked).toEqual([4, 4])
  })

  it('does not keep the next ones from their turn when it cannot be dispatched', async () => {
    const { bus, directory, store, digest, clock } = testWorker()
    const dispatched: string[] = []
    let serial = 0
    const desk = new OrderDesk({
      directory: { ...directory, locate: async () => ({ worker: 'w9', epoch: 1, connectedAt: 0 }) as never },
      bus: { ...bus, ask: async () => ({ type: 'done' }) },
      commands: store,
      contexts: {
        of: async ({ id }) => {
          if (id === 'order-1') throw new Error('its list cannot be read')
          dispatched.push(id)
          return {}
        },
        presentsTag: async () => false,
      },
      digest,
      clock,
      timers: clock,
      ids: { uuid: () => `order-${++serial}` },
      log: silence,
    })
    for (let i = 0; i < 2; i++) await desk.order(ref, reset, 60_000, { waits: true })
    await settle()
    dispatched.length = 0
    await desk.resume(ref)
    expect(dispatched).toEqual(['order-2'])
  })
})

describe('a reset', () => {
  const boot = [2, 'b', 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }]

  it('is not fulfilled by the boot of the connect that brought it', async () => {
    const { order, station, calls, known } = await begin()
    const id = await order(reset, { waits: true })
    const [, messageId] = calls()[0] ?? []
    await station.asks(boot)
    expect(known(id)).toMatchObject({ state: 'sent' })
    await station.asks([3, messageId, { status: 'Rejected' }])
    expect(known(id)).toMatchObject({ state: 'done', outcome: 'rejected' })
  })

  it.each([
    ['on the same socket, after its answer', false, true],
    ['on the next socket, though its answer never came', true, false],
  ])('is fulfilled by a boot %s', async (_, isNext, isAnswered) => {
    const { order, station, answers, connect, known } = await begin()
    const id = await order(reset)
    if (isAnswered) await answers({ status: 'Accepted' })
    await (isNext ? connect() : station).asks(boot)
    expect(known(id)).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })
})

describe('what a station answers', () => {
  it('D-11: during an outage is kept until the store can take it', async () => {
    const { order, answers, known, store, clock } = await begin()
    const id = await order(reset)
    const step = store.step.bind(store)
    let isDown = true
    store.step = async (...of) => {
      if (isDown) throw new LedgerUnavailable('down')
      return step(...of)
    }
    await answers({ status: 'Accepted' })
    expect(known(id)).toMatchObject({ state: 'sent' })
    isDown = false
    await clock.pass(1_000)
    await settle()
    expect(known(id)).toMatchObject({ state: 'answered', answer: { status: 'Accepted' } })
  })

  it('to a change of availability that changes nothing is its end: no other status follows', async () => {
    const { order, answers, station, known } = await begin()
    await station.asks([2, 'a', 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' }])
    const id = await order({ type: 'setAvailability', evse: 1, available: true })
    await answers({ status: 'Accepted' })
    expect(known(id)).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })
})
