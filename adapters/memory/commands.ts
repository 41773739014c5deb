import { type Command, follows } from '../../core/domain/command.ts'
import type { CommandStore } from '../../core/ports/store.ts'
import type { MemoryLedger } from './ledger.ts'

/** Orders in memory; what they wait for is where facts are matched. */
export const memoryCommands = (ledger: MemoryLedger): CommandStore => {
  const commands = new Map<string, Command>()
  return {
    find: async (_, id) => commands.get(id),
    create: async (command) => void commands.set(command.id, command),
    list: async () => ({ items: [], next: null }),
    async save(command, expects) {
      const known = commands.get(command.id)
      if (known !== undefined && !follows(command, known)) return known
      commands.set(command.id, command)
      if (expects !== undefined) ledger.expectations.push(expects)
      return command
    },
  }
}
