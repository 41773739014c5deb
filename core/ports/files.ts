import type { Errand, FileKind, StoredFile, Ticket } from '../domain/file.ts'
import type { Page, PageRequest } from './store.ts'

/**
 * Files between operators and stations, kept where every process can serve them. Contents stream both ways; how much is
 * too much is the business of whoever reads them off the wire.
 */
export interface FileStore {
  /** Newest first. */
  list(
    tenant: string,
    filter: { readonly kind?: FileKind; readonly chargePoint?: string },
    page: PageRequest,
  ): Promise<Page<StoredFile>>
  find(tenant: string, id: string): Promise<StoredFile | undefined>
  /** Its bytes from `from` up to, but not with, `to`. Throws where the file is removed meanwhile. */
  read(file: StoredFile, range?: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>
  /**
   * Takes a file in; with the last byte, in one commit, it is there, its ticket is used up, and its event is told.
   * Where `content` throws, nothing stays of it and the ticket is as it was. `empty`: nothing came. `overtaken`: its
   * ticket was used up, or another upload has begun with it.
   */
  take(draft: FileDraft, content: AsyncIterable<Uint8Array>): Promise<StoredFile | 'empty' | 'overtaken'>
  remove(tenant: string, id: string): Promise<boolean>

  /** Files a ticket under the keyed hash of its secret, which is nowhere stored itself. */
  addTicket(ticket: Ticket, hash: Uint8Array): Promise<void>
  ticketBy(hash: Uint8Array): Promise<Ticket | undefined>
}

export interface FileDraft extends Omit<StoredFile, 'size' | 'sha256'> {
  /** What it comes by; absent where an operator brings it. */
  readonly ticket?: string
}

/** Addresses for stations: whoever has one may send, or fetch, the one file it is for. */
export interface Tickets {
  issue(wanted: TicketRequest): Promise<IssuedTicket>
  /** Undefined for a secret that was never given out, or was forgotten long after its end. */
  find(secret: string): Promise<Ticket | undefined>
}

/** Without `until` it is good for an hour. */
export type TicketRequest = Errand & { readonly until?: number } & (
    | { readonly direction: 'download'; readonly file: string }
    | { readonly direction: 'upload' }
  )

export interface IssuedTicket {
  readonly id: string
  readonly secret: string
  /** `<public url>/files/<secret>/<name>`. A station that takes it for a folder may put a name of its own behind it. */
  readonly url: string
  readonly until: number
}
