import { expect, it } from 'vitest'
import { Relay } from '../../actors/relay.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import { TestClock } from '../support/clock.ts'
import { deaf, silence } from '../support/quiet.ts'

it('of the seals of a tenant that wait one is relayed, for it is the effect of all; everything else is, one by one', async () => {
  const clock = new TestClock()
  const waiting: OutboxJob[] = [
    ['seal', 'a'],
    ['cdr', 'a'],
    ['seal', 'a'],
    ['cdr', 'a'],
    ['seal', 'b'],
  ].map(([kind = '', tenant = ''], id) => ({ id, tenant, key: `k${id}`, kind: kind as OutboxJob['kind'] }))
  const relayed: number[] = []
  const relay = new Relay({
    outbox: { claim: async () => waiting.splice(0) },
    queue: { add: async (jobs) => void relayed.push(...jobs.map(({ id }) => id)), close: async () => {} },
    timers: clock,
    telemetry: deaf,
    log: silence,
  })
  relay.start()
  await clock.pass(1_000)
  relay.stop()
  expect(relayed).toEqual([0, 1, 3, 4])
})
