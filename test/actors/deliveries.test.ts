import { describe, expect, it } from 'vitest'
import { Deliveries } from '../../actors/deliveries.ts'
import type { Delivery } from '../../core/domain/delivery.ts'
import type { DeliveryLanes, ErpTarget } from '../../core/ports/deliveries.ts'
import type { Erp } from '../../core/ports/erp.ts'
import { TestClock } from '../support/clock.ts'
import { sampleDocument } from '../support/documents.ts'
import { deaf, silence } from '../support/quiet.ts'

const tick = (): Promise<void> => new Promise((go) => setImmediate(go))
const sent: Delivery = {
  tenant: 'default',
  target: 'books',
  document: 'd',
  number: 1,
  state: 'sending',
  attempts: 1,
  forgiven: 0,
  isDoubtful: false,
  changedAt: 0,
}

/** A target of so many senders at most, with nothing else than documents that wait for it. */
const lanesOf = (mostInFlight: number) => {
  const target: ErpTarget = {
    tenant: 'default',
    id: 'books',
    kind: 'test',
    settings: {},
    enabled: true,
    mostInFlight,
    changedAt: 0,
  }
  const seen = { waiting: [] as number[], asking: 0, mostAsking: 0, beforeNothing: async (): Promise<void> => {} }
  const lanes: DeliveryLanes = {
    enter: async () => target,
    async take() {
      seen.mostAsking = Math.max(seen.mostAsking, ++seen.asking)
      const number = seen.waiting.shift()
      await tick()
      if (number === undefined) await seen.beforeNothing()
      seen.asking--
      return number === undefined ? undefined : { delivery: sent, document: sampleDocument(number), asks: false }
    },
    settle: async ({ delivery }) => ({ ...delivery, state: 'accepted' }),
    rest: async () => {},
  }
  return { lanes, seen }
}

const opened = (lanes: DeliveryLanes) => {
  const numbers: number[] = []
  const erp: Erp = {
    guard: 'key',
    async send({ number }) {
      numbers.push(number)
      return { accepted: true }
    },
  }
  const deliveries = new Deliveries({
    lanes,
    open: () => erp,
    clock: new TestClock(),
    random: { integer: (least) => least },
    telemetry: deaf,
    log: silence,
  })
  return { deliveries, numbers }
}

const job = { id: 1, tenant: 'default', key: 'books' }

describe('who looks after a target', () => {
  it('asks with no more at once than it may have senders, however many words of it come: the story of 32 that waited for one row', async () => {
    const { lanes, seen } = lanesOf(4)
    const { deliveries, numbers } = opened(lanes)
    seen.waiting = Array.from({ length: 100 }, (_, i) => i + 1)
    await Promise.all(Array.from({ length: 32 }, () => deliveries.work(job)))
    expect([seen.mostAsking, numbers.length]).toEqual([4, 100])
  })

  it('looks again where the word came while it was about to find nothing', async () => {
    const { lanes, seen } = lanesOf(1)
    const { deliveries, numbers } = opened(lanes)
    seen.beforeNothing = async () => {
      seen.beforeNothing = async () => {}
      await deliveries.work(job)
      seen.waiting.push(7)
    }
    await deliveries.work(job)
    expect(numbers).toEqual([7])
  })
})
