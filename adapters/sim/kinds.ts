import type { Clock } from '../../core/ports/clock.ts'
import type { Reach } from '../../core/ports/roaming-partners.ts'
import type { SimKind, SimKinds } from '../../core/ports/sim-kinds.ts'
import { emnifyKind } from './emnify.ts'
import { oneNceKind } from './1nce.ts'
import { simulatorKind } from './simulator.ts'

interface Given {
  /** HTTP, to addresses that were looked at and no others (S-26). */
  readonly reach: Reach
  readonly clock: Pick<Clock, 'now'>
  /** Hosts that need not be on the internet, and may be spoken to without TLS. */
  readonly namedHosts: readonly string[]
}

/** Every kind of SIM provider, one line each. */
export const simKinds = (given: Given): SimKinds => {
  const outside = { ...given, tokens: new Map() }
  const kinds = new Map<string, SimKind>([
    ['1nce', oneNceKind(outside)],
    ['emnify', emnifyKind(outside)],
    ['simulator', simulatorKind(outside)],
  ])
  const known = (kind: string): SimKind => {
    const found = kinds.get(kind)
    if (found === undefined) throw new Error(`there is no kind of SIM provider called ${kind}`)
    return found
  }
  return {
    names: [...kinds.keys()],
    faults: (kind, access) => known(kind).faults(access),
    policy: (kind, access) => known(kind).policy(access),
    open: (kind, access, turn) => known(kind).open(access, turn),
  }
}
