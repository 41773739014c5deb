import { expect, it } from 'vitest'
import { inventories } from '../../adapters/inventories.ts'
import type { Order } from '../../core/domain/order.ts'

const ref = { tenant: 'default', identity: 'CP-1' }

/** The inventory as it was last taken; what is looked up, and what is ordered. */
const kept = (firmware: string | undefined) => {
  const seen = { looks: 0, orders: [] as Order[] }
  const items = async () => {
    seen.looks++
    const item = { key: 'full', body: { firmware }, reportedAt: 0 }
    return { items: firmware === undefined ? [] : [item], next: null }
  }
  const order = async (_: unknown, given: Order) => void seen.orders.push(given)
  const known = inventories({
    store: { mirrors: { items }, commands: { open: async () => [] } },
    commander: { order: order as never },
  })
  return { booted: (firmware: string) => known.booted(ref, firmware), seen }
}

it('B07.FR.14: a station is asked for all that it has once with each firmware', async () => {
  const { booted, seen } = kept('1.0')
  await booted('1.0')
  await booted('1.1')
  expect(seen.orders).toEqual([{ type: 'refreshInventory', base: 'full', firmware: '1.1' }])
})

it('costs no look into the store where it boots as before: the story of a storm of reconnects that looked for each', async () => {
  const { booted, seen } = kept('1.0')
  for (let i = 0; i < 10; i++) await booted('1.0')
  expect(seen).toEqual({ looks: 1, orders: [] })
})
