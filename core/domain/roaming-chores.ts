import type { Chore, ChoreOutcome, ChoreEnd, PlannedChore } from '../ports/roaming-chores.ts'
import type { Endpoint, PartnerRole } from './roaming-partner.ts'

/** What is pulled by our role: from CPOs what they have for drivers, from EMPs the tokens of theirs. */
const pulled = { CPO: ['tokens'], EMSP: ['locations', 'tariffs', 'sessions', 'cdrs'] } as const
/** What partners should have of us, by our role. */
const told = { CPO: ['locations', 'tariffs', 'sessions', 'cdrs'], EMSP: ['tokens'] } as const

/** What there is to be done about a partner that is newly registered: its lists now, the rest at night. */
export const choresFor = (
  partner: { readonly tenant: string; readonly id: string; readonly endpoints: readonly Endpoint[] },
  ours: readonly Pick<PartnerRole, 'role'>[],
  now: number,
): readonly PlannedChore[] => {
  const has = (module: string, role: Endpoint['role']): boolean =>
    partner.endpoints.some((one) => one.module === module && one.role === role)
  const are = (role: string): boolean => ours.some((one) => one.role === role)
  const pulls = (['CPO', 'EMSP'] as const)
    .flatMap((role) => (are(role) ? pulled[role] : []))
    .filter((module) => has(module, 'SENDER'))
  const checks = (['CPO', 'EMSP'] as const)
    .flatMap((role) => (are(role) ? told[role] : []))
    .filter((module) => has(module, 'RECEIVER'))
  return [
    ...pulls.map((module) => ({ kind: 'pull', module, due: now }) as const),
    ...checks.map((module) => ({ kind: 'reconcile', module, due: nightAfter(now, partner) }) as const),
  ]
}

const hour = 3_600_000
const day = 24 * hour
const nightFrom = hour
const nightMs = 3 * hour

/** Some time in the next night (UTC), another one for each partner, the same one every night. */
export const nightAfter = (now: number, { tenant, id }: { readonly tenant: string; readonly id: string }): number => {
  let spread = 0
  for (const character of `${tenant}/${id}`) spread = (spread * 31 + (character.codePointAt(0) ?? 0)) % nightMs
  const tonight = Math.floor(now / day) * day + nightFrom + spread
  return tonight > now ? tonight : tonight + day
}

/** How long after the first failure, the second, …; after the last it waits for the night. */
const retriesMs = [60_000, 5 * 60_000, 30 * 60_000, 2 * hour] as const

/** How one ended, and when it is to be done again. */
export const endOf = (
  chore: Chore,
  outcome: Exclude<ChoreOutcome, { readonly type: 'left' }>,
  now: number,
): ChoreEnd => {
  const night = nightAfter(now, { tenant: chore.tenant, id: chore.partner })
  const { progress } = outcome
  if (outcome.type === 'done') return { state: 'done', progress, due: night, wanted: outcome.next, attempt: 0 }
  const wait = retriesMs[chore.attempt]
  return {
    state: 'failed',
    progress,
    detail: outcome.reason,
    wanted: chore.wanted,
    ...(wait === undefined ? { due: night, attempt: 0 } : { due: now + wait, attempt: chore.attempt + 1 }),
  }
}
