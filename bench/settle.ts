import type { Member } from './member.ts'
import { sleep } from './sleep.ts'

const lookMs = 100

/** Brings a fleet to its end: no more mischief, no more cars, what charges stops, and everything is delivered. */
export const settle = async (members: readonly Member[], patienceMs: number): Promise<boolean> => {
  for (const member of members) {
    member.chaos?.calm()
    member.windDown()
  }
  const until = performance.now() + patienceMs
  while (!members.every(({ isSettled }) => isSettled) && performance.now() < until) await sleep(lookMs)
  return members.every(({ isSettled }) => isSettled)
}
