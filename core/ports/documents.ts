import type { DocumentKind, SealedDocument } from '../domain/document.ts'
import type { PageRequest } from './store.ts'

/** A document without its bytes. */
export type DocumentView = Omit<SealedDocument, 'bytes'>

export interface DocumentFilter {
  readonly kind?: DocumentKind
  /** The CDR that it is, or that it takes back. */
  readonly cdr?: string
  /** Only later numbers. */
  readonly after?: number
}

/** The sealed documents of a tenant. There is no way to write one here: adapters/postgres/seal-documents.ts. */
export interface DocumentStore {
  /** In the order of their numbers, which is that of their commits: whoever follows needs no more than the last number. */
  list(tenant: string, filter: DocumentFilter, page: Pick<PageRequest, 'limit'>): Promise<readonly DocumentView[]>
  find(tenant: string, number: number): Promise<SealedDocument | undefined>
}
