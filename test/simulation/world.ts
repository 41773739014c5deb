import type { Chance } from '../../bench/random.ts'
import type { Faults } from './faults.ts'
import type { VirtualTime } from './time.ts'

/** What everybody in a simulation shares. */
export interface World {
  readonly time: VirtualTime
  /** One stream of chance for everything that may go wrong. */
  readonly luck: Chance
  readonly faults: Faults
  /** Until then things go wrong; afterwards everything works, and must come right. */
  readonly calmFrom: number
  /** How often each fault has happened. */
  readonly happened: Map<string, number>
  readonly violations: string[]
  readonly trace: string[] | undefined
}

/** Whether this fault happens now; counted when it does. */
export const strikes = (world: World, kind: keyof Faults, share = world.faults[kind]): boolean => {
  if (share === 0 || world.time.now() >= world.calmFrom || !world.luck.isLucky(share)) return false
  world.happened.set(kind, (world.happened.get(kind) ?? 0) + 1)
  tell(world, `fault: ${kind}`)
  return true
}

/** One line of the run: part of its hash, and of its trace when somebody wants to read it. */
export const tell = (world: World, line: string): void => {
  world.time.note(line)
  world.trace?.push(`${new Date(world.time.now()).toISOString().slice(5, 23)} ${line}`)
}

export const violate = (world: World, what: string): void => {
  tell(world, `VIOLATION ${what}`)
  world.violations.push(what)
}
