import type { Erp } from './erp.ts'

/** Who can talk to what kind of receiver. Implementations: adapters/erp, one kind a file. */
export interface ErpKinds {
  /** `webhook`, `file`, …, in the order in which they are shown. */
  readonly names: readonly string[]
  /** What is wrong with settings and secrets, by JSON pointers into `{settings, secrets}`; none = they can be opened. */
  faults(kind: string, access: ErpAccess): readonly ErpFault[]
  /** A receiver to send to. Throws where its settings have faults: they may have been taken by another version of ours. */
  open(kind: string, access: ErpAccess): Erp
}

/** How a receiver is reached. */
export interface ErpAccess {
  readonly tenant: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface ErpFault {
  /** `/settings/url` */
  readonly pointer: string
  readonly detail: string
}

/** One kind of receiver. */
export interface ErpKind {
  readonly faults: (access: ErpAccess) => readonly ErpFault[]
  /** Only with an access that has no faults. */
  readonly open: (access: ErpAccess) => Erp
}
