import { describe, expect, it } from 'vitest'
import type { Order } from '../../core/domain/command.ts'
import { testWorker } from '../support/worker.ts'

/** An order that the station leaves unanswered until nobody waits any more; then it answers. */
const answeredLate = async (order: Order, answer: object) => {
  const { worker, connect, commands, clock, ...w } = testWorker()
  await worker.start()
  const station = connect()
  await w.order(order)
  await clock.pass(31_000)
  const [, id] = JSON.parse(station.said[0] ?? '[]') as [number, string]
  const before = commands.get('c1')
  await station.asks([3, id, answer])
  return { before, after: commands.get('c1') }
}

describe('an answer that comes too late (BI-36)', () => {
  it('BI-36 INV-48: leaves the outcome unknown where nothing else is waited for, and says in the history that it came', async () => {
    const { before, after } = await answeredLate({ type: 'clearCache' }, { status: 'Accepted' })
    expect(before).toMatchObject({ state: 'done', outcome: 'timeoutUnknown' })
    expect(after).toMatchObject({ state: 'done', outcome: 'timeoutUnknown' })
    expect(after?.history.at(-1)).toMatchObject({ note: 'late-accepted' })
  })

  it('BI-36: takes an order that still waits for its effect a step further', async () => {
    const order: Order = { type: 'startCharging', evse: 1, token: 'CARD1' }
    const { before, after } = await answeredLate(order, { status: 'Accepted' })
    expect(before).toMatchObject({ state: 'sent' })
    expect(after).toMatchObject({ state: 'answered' })
    expect(after?.history.at(-1)).toMatchObject({ note: 'late-accepted' })
  })

  it('BI-36: ends it where the answer is no', async () => {
    const { after } = await answeredLate({ type: 'startCharging', evse: 1, token: 'CARD1' }, { status: 'Rejected' })
    expect(after).toMatchObject({ state: 'done', outcome: 'rejected' })
  })
})
