import type { DataTariff } from '../domain/connectivity-cost.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { SimProvider } from './sim.ts'

/** Who can talk to what kind of SIM provider. Implementations: adapters/sim, one kind a file. */
export interface SimKinds {
  /** `1nce`, `emnify`, …, in the order in which they are shown. */
  readonly names: readonly string[]
  /** What is wrong with settings and secrets, by JSON pointers into `{settings, secrets}`; none = they can be opened. */
  faults(kind: string, access: SimAccess): readonly SimFault[]
  /** How it is dealt with. Throws where its settings have faults: they may have been taken by another version of ours. */
  policy(kind: string, access: SimAccess): SimPolicy
  /** A provider to ask; every request waits for its turn first. Throws as `policy` does. */
  open(kind: string, access: SimAccess, turn: Turn): SimProvider
}

/** Answers when the next request may go out. Throws `SimUnavailable` where that is too long to wait for. */
export type Turn = () => Promise<void>

/** How a provider is reached. */
export interface SimAccess {
  readonly tenant: string
  /** The operator's own name for it. */
  readonly id: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface SimFault {
  /** `/settings/url` */
  readonly pointer: string
  readonly detail: string
}

export interface SimPolicy {
  /** Requests a minute at most, all of ours together. */
  readonly perMinute: number
  /** After how long a SIM is looked at again; each at a moment of its own. */
  readonly pollMs: number
  /** What a SIM may use in a month before somebody is told. */
  readonly capMb?: Decimal
  /** Absent: what its SIMs cost is not worked out. */
  readonly tariff?: DataTariff
  /** What is sent to wake a charge point up. */
  readonly wakeUpText: string
}

/** One kind of provider. */
export interface SimKind {
  readonly faults: (access: SimAccess) => readonly SimFault[]
  readonly policy: (access: SimAccess) => SimPolicy
  /** Only with an access that has no faults. */
  readonly open: (access: SimAccess, turn: Turn) => SimProvider
}
