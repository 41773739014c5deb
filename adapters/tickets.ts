import { fileName } from '../core/domain/file.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { FileStore, Tickets } from '../core/ports/files.ts'
import type { Ids } from '../core/ports/ids.ts'

const lifeMs = 3_600_000
const secretBytes = 32
const text = new TextEncoder()
const salt = text.encode('file ticket')

export interface TicketParts {
  readonly store: FileStore
  readonly digest: Digest
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: (n: number) => Uint8Array
  /** Where stations reach this server; a path in it stays. */
  readonly publicUrl: () => string
}

/** Addresses with 256 random bits in them: what is stored lets nobody make one up (S-13). */
export const createTickets = ({ store, digest, clock, ids, randomBytes, publicUrl }: TicketParts): Tickets => {
  const hashOf = (secret: string): Uint8Array => digest.seal(salt, text.encode(secret))
  return {
    async issue({ until = clock.now() + lifeMs, ...wanted }) {
      const secret = Buffer.from(randomBytes(secretBytes)).toString('base64url')
      const ticket = { ...wanted, name: fileName(wanted.name), id: ids.uuid(), until }
      await store.addTicket(ticket, hashOf(secret))
      const base = publicUrl().replace(/\/+$/, '')
      return { id: ticket.id, secret, url: `${base}/files/${secret}/${encodeURIComponent(ticket.name)}`, until }
    },
    find: (secret) => store.ticketBy(hashOf(secret)),
  }
}
