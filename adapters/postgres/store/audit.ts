import type { AuditDraft } from '../../../core/domain/audit.ts'
import { parseInstant } from '../../../core/domain/instant.ts'
import type { AuditStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly serial: number
  readonly entry: string
  readonly previous: string
  readonly digest: string
  readonly intact: boolean
}

/** The text as the entry it was made of (`auditText`). */
const entryOf = ({ serial, entry, previous, digest, intact: isIntact }: Row) => {
  const { at, ...told } = JSON.parse(entry) as Omit<AuditDraft, 'tenant' | 'at'> & { readonly at: string }
  return { ...told, at: parseInstant(at)?.ms ?? 0, serial, previous, digest, isIntact }
}

export const auditStore = (app: Sql): AuditStore => ({
  append: (draft) => asTenant(app, draft.tenant, async (tx) => void (await writeAudit(tx, draft))),

  list: (tenant, { action = null, subject = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const below = Number(keyOfCursor(page.cursor, 1)?.[0] ?? Number.MAX_SAFE_INTEGER)
      const rows = await tx<Row[]>`
        select a.serial, a.entry, encode(a.previous, 'hex') as previous, encode(a.digest, 'hex') as digest,
          a.digest = audit_digest(a.previous, a.tenant, a.serial, a.entry)
            and (a.previous = coalesce(p.digest, case a.serial when 1 then decode(repeat('00', 32), 'hex') end)) is true as intact
        from audit a left join audit p on p.tenant = a.tenant and p.serial = a.serial - 1
        where a.tenant = ${tenant} and a.serial < ${Number.isSafeInteger(below) ? below : 0}
          and (${action}::text is null or a.action = ${action}::text) and (${subject}::text is null or a.subject = ${subject}::text)
        order by a.serial desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [String(row.serial)], entryOf)
    }),
})
