import type { DocumentKind } from '../../../core/domain/document.ts'
import type { DocumentStore, DocumentView } from '../../../core/ports/documents.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'
import { isUuid } from './paging.ts'

interface Row {
  readonly id: string
  readonly tenant: string
  readonly kind: DocumentKind
  readonly number: number
  readonly cdr: string
  readonly digest: string
  readonly sealed_ms: number
}

const columns = `d.id, d.tenant, d.kind, d.number, d.cdr, encode(d.digest, 'hex') as digest, ms(d.sealed_at) as sealed_ms`

const viewOf = ({ id, tenant, kind, number, cdr, digest, sealed_ms: sealedAt }: Row): DocumentView => ({
  id,
  tenant,
  kind,
  number,
  cdr,
  digest,
  sealedAt,
})

export const documentStore = (app: Sql): DocumentStore => ({
  list: (tenant, { kind = null, cdr = null, after = 0 }, { limit }) =>
    asTenant(app, tenant, async (tx) => {
      if (cdr !== null && !isUuid(cdr)) return []
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from documents d
        where d.tenant = ${tenant} and d.number > ${after} and (${kind}::text is null or d.kind = ${kind}::text) and (${cdr}::uuid is null or d.cdr = ${cdr}::uuid)
        order by d.number limit ${limit}`
      return rows.map(viewOf)
    }),

  find: (tenant, number) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        (Row & { readonly bytes: Buffer })[]
      >`select ${tx.unsafe(columns)}, d.bytes from documents d
        where d.tenant = ${tenant} and d.number = ${number}`
      return row && { ...viewOf(row), bytes: new Uint8Array(row.bytes) }
    }),
})
