import type { RunChange, RunEvent, RunState, SettlementRun } from '../../core/settlement/run.ts'
import { Host } from '../host.ts'
import { settlementMachine } from './machine.ts'

interface Carried {
  readonly change: RunChange
  readonly event: RunEvent
}

const host = new Host(settlementMachine)

/** Who carries out which effect of the machine: each is noted down in the change that will be committed. */
export const settlementCarriers: Readonly<Record<string, (carried: Carried) => RunChange>> = {
  note: ({ change, event }) => ({ ...change, run: { ...change.run, progress: furthered(change.run.progress, event) } }),
  shut: ({ change }) => ({ ...change, shuts: true }),
  close: ({ change }) => ({ ...change, closes: true }),
}

const furthered = (progress: SettlementRun['progress'], event: RunEvent): SettlementRun['progress'] => {
  if (event.type === 'begun') return { ...progress, documents: event.documents }
  if (event.type === 'posted') return { ...progress, posted: event.posted }
  if (event.type === 'charged') return { ...progress, fees: progress.fees + event.fees }
  return { ...progress, sealed: progress.sealed + event.sealed, vouchers: event.vouchers }
}

/** One event, and nothing more of the machine: what it makes of the run. Undefined where it makes no sense in its state. */
export const decide = (before: SettlementRun, event: RunEvent, at: number): RunChange | undefined => {
  const asleep = host.resume(before.state, {})
  const [rest, effects] = host.send(asleep, event)
  if (rest === asleep) return undefined
  const { fault: _, ...run } = before
  let change: RunChange = {
    run: { ...run, state: rest.value as RunState, changedAt: at },
    shuts: false,
    closes: false,
  }
  for (const { type } of effects) change = settlementCarriers[type]?.({ change, event }) ?? change
  return change
}
