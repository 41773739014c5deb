import { type ChargePointRef, refKey } from '../core/domain/charge-point.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Store } from '../core/ports/store.ts'

interface Parts {
  readonly store: {
    readonly mirrors: Pick<Store['mirrors'], 'items'>
    readonly commands: Pick<Store['commands'], 'open'>
  }
  readonly commander: Pick<Commander, 'order'>
}

/** So long the pages of a report may take to come (BI-47). */
const reportMs = 300_000
const mostRemembered = 200_000

/**
 * Orders a report of everything from a station of 2.x whose variables are not known yet, or were told by another firmware
 * (2.0.1 part 2 B07.FR.14); not with each boot: a report has hundreds of variables.
 */
export const inventories = ({ store, commander }: Parts) => {
  /** Whose inventory is known to be taken, and of which firmware: most boots are as the one before, and cost no look into the store. */
  const taken = new Map<string, string>()
  return {
    async booted(ref: ChargePointRef, firmware = ''): Promise<void> {
      const key = refKey(ref)
      if (taken.get(key) === firmware) return
      const { items } = await store.mirrors.items(ref, { kind: 'inventory' }, { limit: 1 })
      if (items[0]?.body['firmware'] === firmware) {
        if (taken.size >= mostRemembered) taken.clear()
        return void taken.set(key, firmware)
      }
      const open = await store.commands.open(ref, 'refreshInventory')
      if (open.length === 0) await commander.order(ref, { type: 'refreshInventory', base: 'full', firmware }, reportMs)
    },
  }
}
