import { advance, type Command, isOver, mayTake } from '../../core/domain/command.ts'
import type { MirrorChange } from '../../core/domain/mirror.ts'
import type { CommandStore } from '../../core/ports/store.ts'
import type { MemoryLedger } from './ledger.ts'

/** Commands in memory, and what was learnt with their steps. What they wait for is the ledger's, which fulfils it. */
export const memoryCommands = (
  ledger: MemoryLedger,
  commands: Map<string, Command> = new Map(),
): CommandStore & { readonly learnt: readonly MirrorChange[] } => {
  const learnt: MirrorChange[] = []
  return {
    learnt,
    async create(draft) {
      const command = { ...draft, number: commands.size + 1 }
      commands.set(command.id, command)
      return command
    },
    find: async (_, id) => commands.get(id),
    list: async () => ({ items: [...commands.values()].reverse(), next: null }),
    waiting: async ({ tenant, identity }) =>
      [...commands.values()].filter(
        (c) => c.tenant === tenant && c.identity === identity && c.state === 'queued' && c.waits,
      ),
    open: async ({ tenant, identity }, type) =>
      [...commands.values()].filter(
        (c) => c.tenant === tenant && c.identity === identity && c.order.type === type && !isOver(c),
      ),
    async step({ id }, step, more = {}) {
      const stored = commands.get(id)
      if (stored === undefined) throw new Error(`there is no command ${id}`)
      if (!mayTake(stored, step, more.from)) return { command: stored, taken: false }
      const command = advance(stored, step)
      commands.set(id, command)
      const { expectations } = ledger
      if (more.expects !== undefined && !expectations.some((e) => e.command === id)) expectations.push(more.expects)
      const at = expectations.findIndex((e) => e.command === id)
      const waiting = expectations[at]
      if (waiting !== undefined && isOver(command)) expectations.splice(at, 1)
      else if (waiting !== undefined && step.state === 'answered')
        expectations[at] = { ...waiting, answeredAt: step.at }
      learnt.push(...(more.learnt ?? []))
      for (const change of more.learnt ?? [])
        if (change.type === 'session.settled') ledger.expectNoMore(command, change.transaction, step.at)
      return { command, taken: true }
    },
  }
}
