import { expect, it } from 'vitest'
import { Relay } from '../../actors/relay.ts'
import type { OutboxJob, SharedJob } from '../../core/ports/outbox.ts'
import { TestClock } from '../support/clock.ts'
import { deaf, silence } from '../support/quiet.ts'

const row = ([kind = '', tenant = '']: readonly string[], id: number): OutboxJob => ({
  id,
  tenant,
  key: `k${id}`,
  kind: kind as OutboxJob['kind'],
})

/** The rows of the jobs that come of one claim, job by job. */
const relayed = async (rows: readonly OutboxJob[]): Promise<readonly (readonly number[])[]> => {
  const clock = new TestClock()
  const [waiting, jobs]: [OutboxJob[], SharedJob[]] = [[...rows], []]
  const relay = new Relay({
    outbox: { claim: async () => waiting.splice(0) },
    queue: { add: async (more) => void jobs.push(...more), close: async () => {} },
    timers: clock,
    telemetry: deaf,
    log: silence,
  })
  relay.start()
  await clock.pass(1_000)
  relay.stop()
  return jobs.map(({ id, beside = [] }) => [id, ...beside])
}

it('of the seals of a tenant that wait one is relayed, for it is the effect of all; CDRs of a tenant are one job, everything else is one by one', async () => {
  const rows = ['seal a', 'cdr a', 'seal a', 'cdr b', 'cdr a', 'seal b', 'erp a', 'erp a'].map((of) => of.split(' '))
  expect(await relayed(rows.map(row))).toEqual([[0], [1, 4], [3], [5], [6], [7]])
})

it('INV-44: every CDR that waits is in one job, and in no more than a commit should have', async () => {
  const rows = Array.from({ length: 120 }, (_, id) => row(['cdr', 'a'], id)).toReversed()
  const jobs = await relayed(rows)
  expect(jobs.map((job) => job.length)).toEqual([50, 50, 20])
  expect(jobs.flat()).toEqual(rows.map(({ id }) => id).toReversed())
})
