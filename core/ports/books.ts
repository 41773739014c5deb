import type { Delivery, DeliveryChange } from '../domain/delivery.ts'
import type { ErpTarget } from './deliveries.ts'
import type { Erp, ErpGuard } from './erp.ts'
import type { ErpKinds } from './erp-kinds.ts'

/** What a person wishes for a document that is not where it should be. */
export type Wish =
  | { readonly type: 'retry' }
  | { readonly type: 'arrived'; readonly reference?: string }
  /** It is not sent any more: it was settled otherwise. */
  | { readonly type: 'cancel' }

interface Circumstances {
  readonly guard: ErpGuard
  readonly at: number
}

/** Where people look after documents that are on their way to the operator's books. */
export interface BooksDesk {
  readonly kinds: ErpKinds
  /** Throws where its settings or secrets cannot be read any more. */
  open(target: ErpTarget): Erp
  /** By name; none where they cannot be read any more. */
  secretsOf(target: Pick<ErpTarget, 'secrets'>): Readonly<Record<string, string>>
  /** Undefined where the wish makes no sense as the delivery stands. */
  wished(delivery: Delivery, wish: Wish, circumstances: Circumstances): DeliveryChange | undefined
  /** Everything is to be sent, `again` also what is in the books; undefined: it stays as it is. */
  replayed(delivery: Delivery, circumstances: Circumstances & { readonly again: boolean }): DeliveryChange | undefined
}
