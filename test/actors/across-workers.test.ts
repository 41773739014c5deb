import { describe, expect, it } from 'vitest'
import { OrderDesk } from '../../actors/commander.ts'
import type { WorkerAnswer, WorkerMessage } from '../../core/cluster/message.ts'
import { type Bus, BusUnanswered } from '../../core/ports/bus.ts'
import { settled } from '../support/clock.ts'
import { silence } from '../support/quiet.ts'
import { testWorker } from '../support/worker.ts'

const ref = { tenant: 'default', identity: 'CP-1' }

/** A desk on another node: between it and the worker that holds the socket, `line` decides what gets through. */
const desk = async (line: (message: WorkerMessage, deliver: () => Promise<WorkerAnswer>) => Promise<WorkerAnswer>) => {
  const test = testWorker()
  const { worker, bus, directory, store, clock } = test
  await worker.start()
  const station = test.connect()
  await settled()
  const far: Bus = { ...bus, ask: (to, message, ms) => line(message, () => bus.ask(to, message, ms)) }
  let serial = 0
  const orders = new OrderDesk({
    directory,
    bus: far,
    commands: store,
    contexts: { of: async () => ({}), presentsTag: async () => false },
    digest: test.digest,
    clock,
    timers: clock,
    ids: { uuid: () => `order-${++serial}` },
    log: silence,
  })
  const order = () => orders.order(ref, { type: 'clearCache' }, 60_000)
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await settled()
  }
  const calls = (): number => station.said.filter((text) => text.startsWith('[2,')).length
  const trace = (limit: number) => orders.trace(ref, { limit, kind: 'frame' })
  return { ...test, station, order, settle, calls, trace }
}

const unanswered = (): never => {
  throw new BusUnanswered('silent')
}

describe('an order given on another node', () => {
  it('INV-48: is written to the socket once, and its outcome known', async () => {
    const { order, settle, calls, station, commands } = await desk((_, deliver) => deliver())
    const { id } = await order()
    await settle()
    expect(calls()).toBe(1)
    const [, messageId] = JSON.parse(station.said.at(-1) ?? '[]') as [number, string]
    station.says([3, messageId, { status: 'Accepted' }])
    await settle()
    expect(commands.get(id)).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('INV-47 INV-49: of a worker that wakes after it was given up, is not written any more', async () => {
    let wake: () => void = () => {}
    const asleep = new Promise<void>((go) => (wake = go))
    const { order, settle, calls, commands } = await desk((_, deliver) => {
      void asleep.then(deliver)
      return Promise.reject(new BusUnanswered('paused'))
    })
    const { id } = await order()
    await settle()
    expect(commands.get(id)).toMatchObject({ state: 'done', outcome: 'notDelivered' })
    wake()
    await settle()
    expect(calls()).toBe(0)
    expect(commands.get(id)).toMatchObject({ state: 'done', outcome: 'notDelivered' })
  })

  it('INV-48: whose word of having arrived was lost on the way is not called undelivered: it was sent', async () => {
    const { order, settle, calls, station, commands } = await desk(async (_, deliver) => {
      await deliver()
      for (let i = 0; i < 5; i++) await settled()
      return unanswered()
    })
    const { id } = await order()
    await settle()
    expect(calls()).toBe(1)
    expect(commands.get(id)).toMatchObject({ state: 'sent' })
    const [, messageId] = JSON.parse(station.said.at(-1) ?? '[]') as [number, string]
    station.says([3, messageId, { status: 'Accepted' }])
    await settle()
    expect(commands.get(id)).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('INV-49: that arrives twice is written once', async () => {
    const { order, settle, calls } = await desk(async (_, deliver) => {
      await deliver()
      return deliver()
    })
    await order()
    await settle()
    expect(calls()).toBe(1)
  })

  it('is answered `unknown` by a worker of a version that knows no such message', async () => {
    const { bus, worker, station } = await desk((_, deliver) => deliver())
    expect(station.link.open).toBe(true)
    expect(await bus.ask(worker.name, { number: 99, to: ref } as never, 1_000)).toEqual({ type: 'unknown' })
  })
})

describe('a trace that is asked for on another node', () => {
  it('is what the worker that holds the socket still knows, newest first', async () => {
    const { trace, station } = await desk((_, deliver) => deliver())
    await station.asks([2, 'a', 'Heartbeat', {}])
    expect((await trace(5)).map(({ direction, messageId }) => `${direction} ${messageId}`)).toEqual(['out a', 'in a'])
  })

  it('is empty where that worker is silent, is of the version before, or has no such socket', async () => {
    for (const answer of [
      unanswered,
      async () => ({ type: 'unknown' }) as const,
      async () => ({ type: 'notHere' }) as const,
    ])
      expect(await (await desk(answer)).trace(5)).toEqual([])
  })

  it('is given to a worker of the version before as it knows it: frames alone, oldest first', async () => {
    const { bus, worker, station } = await desk((_, deliver) => deliver())
    await station.asks([2, 'a', 'Heartbeat', {}])
    expect(await bus.ask(worker.name, { number: 2, to: ref, limit: 5 }, 1_000)).toMatchObject({
      type: 'frames',
      frames: [
        { direction: 'in', text: '[2,"a","Heartbeat",{}]', at: expect.any(Number) },
        { direction: 'out', text: expect.stringContaining('[3,"a"') },
      ],
    })
  })
})
