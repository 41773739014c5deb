import type { FileKind, Ticket } from '../../../core/domain/file.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'

interface Row {
  readonly id: string
  readonly tenant: string
  readonly identity: string
  readonly kind: FileKind
  readonly name: string
  readonly command: string | null
  readonly until_ms: number
  /** Of a download only. */
  readonly file: string | null
  readonly used_ms: number | null
}

export const addTicket = (app: Sql, ticket: Ticket, hash: Uint8Array): Promise<void> =>
  asTenant(app, ticket.tenant, async (tx) => {
    const { id, tenant, identity, direction, kind, name, command = null, until } = ticket
    await tx`insert into file_tickets (id, tenant, hash, direction, identity, kind, name, command, until, file)
      values (${id}, ${tenant}, ${Buffer.from(hash)}, ${direction}, ${identity}, ${kind}, ${name}, ${command}, at_ms(${until}), ${direction === 'download' ? ticket.file : null})`
  })

/** Whose it is shows only here: until then there is no tenant. */
export const ticketBy = async (app: Sql, hash: Uint8Array): Promise<Ticket | undefined> => {
  const [row] = await app<
    Row[]
  >`select id, tenant, identity, kind, name, command, ms(until) as until_ms, file, ms(used_at) as used_ms
    from file_ticket_by_hash(${Buffer.from(hash)})`
  return row && ticketOf(row)
}

const ticketOf = ({ command, until_ms: until, file, used_ms: usedAt, ...row }: Row): Ticket => {
  const errand = { ...row, until, ...present({ command }) }
  return file === null
    ? { ...errand, direction: 'upload', ...present({ usedAt }) }
    : { ...errand, direction: 'download', file }
}
