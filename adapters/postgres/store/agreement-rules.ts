import type { Act } from '../../../core/ports/market.ts'
import type { AgreementFault, AgreementKind } from '../../../core/settlement/agreement.ts'
import type { Period } from '../../../core/settlement/terms.ts'
import type { Transaction } from '../connect.ts'

export type Agreement = Period & { readonly id: string }

/** What differs between contracts of different kinds. */
export interface AgreementRules<Item extends Agreement> {
  readonly kind: AgreementKind
  /** On each day there is one contract of it. */
  readonly subject: (item: Item) => string
  /** That it is with. */
  readonly parties: (item: Item) => readonly string[]
  /** Why it cannot be beside what else there is. */
  readonly fault: (tx: Transaction, tenant: string, item: Item) => Promise<AgreementFault | undefined>
  /** Whether months that are closed were settled with it. */
  readonly isSettled: boolean
  /** In the commit of a change. */
  readonly changed?: (tx: Transaction, tenant: string, act: Act) => Promise<void>
}
