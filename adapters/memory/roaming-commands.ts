import { type AskedCommand, replayMs, type RoamingCommand } from '../../core/domain/roaming-command.ts'
import type { AskedCommandStore, CommandRef, RoamingCommandStore } from '../../core/ports/roaming-commands.ts'

const keyOf = ({ tenant, id }: CommandRef): string => `${tenant}/${id}`
const isSame = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase()

/** Commands of partners in memory. It does not know how orders stand, and so names all that wait for one. */
export const memoryRoamingCommands = (): RoamingCommandStore => {
  const rows = new Map<string, RoamingCommand>()
  const newest = (isMeant: (command: RoamingCommand) => boolean): RoamingCommand | undefined =>
    [...rows.values()].filter(isMeant).findLast(() => true)
  const isNamed =
    (tenant: string, partner: string, reservation: string, type: RoamingCommand['type']) =>
    (one: RoamingCommand): boolean =>
      one.tenant === tenant && one.partner === partner && one.type === type && isSame(one.reservation, reservation)
  return {
    async create(command) {
      const { tenant, partner, request, createdAt } = command
      const isReplay = [...rows.values()].some(
        (one) =>
          request !== undefined &&
          one.request === request &&
          one.tenant === tenant &&
          one.partner === partner &&
          one.createdAt > createdAt - replayMs,
      )
      if (!isReplay) rows.set(keyOf(command), command)
      return !isReplay
    },
    find: async (ref) => rows.get(keyOf(ref)),
    async change(ref, decide) {
      const before = rows.get(keyOf(ref))
      const after = before && decide(before)
      if (after !== undefined) rows.set(keyOf(ref), after)
      return after
    },
    due: async (now, limit) =>
      [...rows.values()]
        .filter(({ state, nextAt = 0 }) =>
          state === 'due' || state === 'sending' ? nextAt <= now : state === 'waiting' || state === 'kept',
        )
        .slice(0, limit)
        .map(({ tenant, id }) => ({ tenant, id })),
    reserved: async (tenant, partner, name) => newest(isNamed(tenant, partner, name, 'RESERVE_NOW')),
    cancelled: async (tenant, partner, name) => newest(isNamed(tenant, partner, name, 'CANCEL_RESERVATION')),
    underWay: async (tenant, session, type) =>
      [...rows.values()].find(
        (one) => one.tenant === tenant && one.session === session && one.type === type && one.state === 'waiting',
      ),
    partnerOf: async (tenant, order) =>
      [...rows.values()].find((one) => one.tenant === tenant && one.order === order)?.partner,
  }
}

/** Commands of ours in memory. */
export const memoryAskedCommands = (): AskedCommandStore => {
  const rows = new Map<string, AskedCommand>()
  return {
    create: async (command) => void rows.set(keyOf(command), command),
    find: async (ref) => rows.get(keyOf(ref)),
    at: async (tenant, hash) =>
      [...rows.values()].find(({ tenant: its, addressHash }) => its === tenant && addressHash === hash),
    async list(tenant, partner, { limit, cursor }) {
      const all = [...rows.values()]
        .filter((one) => one.tenant === tenant && one.partner === partner && (cursor === undefined || one.id < cursor))
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      const items = all.slice(0, limit)
      return { items, next: all.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    async change(ref, decide) {
      const before = rows.get(keyOf(ref))
      const after = before && decide(before)
      if (after !== undefined) rows.set(keyOf(ref), after)
      return after
    },
    overdue: async (now, limit) =>
      [...rows.values()]
        .filter(({ state, deadline }) => (state === 'asking' || state === 'waiting') && deadline <= now)
        .slice(0, limit)
        .map(({ tenant, id }) => ({ tenant, id })),
  }
}
