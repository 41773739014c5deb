import type { TrustAnchor, TrustAnchorStore } from '../../../core/ports/trust-anchors.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

type Row = Omit<TrustAnchor, 'notBefore' | 'notAfter'> & { readonly before_ms: number; readonly after_ms: number }

const columns = `tenant, name, use, certificate, subject, serial, fingerprint, ms(not_before) as before_ms, ms(not_after) as after_ms`

const anchorOf = ({ before_ms: notBefore, after_ms: notAfter, ...row }: Row): TrustAnchor => ({
  ...row,
  notBefore,
  notAfter,
})

export const trustAnchorStore = (app: Sql): TrustAnchorStore => ({
  put: (a, at) =>
    asTenant(app, a.tenant, async (tx) => {
      const [row] = await tx<{ created: boolean }[]>`insert into trust_anchors
          (tenant, name, use, certificate, subject, serial, fingerprint, not_before, not_after, changed_at)
        values (${a.tenant}, ${a.name}, ${a.use}, ${a.certificate}, ${a.subject}, ${a.serial}, ${a.fingerprint},
          at_ms(${a.notBefore}), at_ms(${a.notAfter}), at_ms(${at}))
        on conflict (tenant, name) do update set use = excluded.use, certificate = excluded.certificate,
          subject = excluded.subject, serial = excluded.serial, fingerprint = excluded.fingerprint,
          not_before = excluded.not_before, not_after = excluded.not_after, changed_at = excluded.changed_at
        returning xmax = 0 as created`
      return row?.created === true
    }),

  find: (tenant, name) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select ${tx.unsafe(columns)} from trust_anchors where tenant = ${tenant} and name = ${name}`
      return row && anchorOf(row)
    }),

  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from trust_anchors
        where tenant = ${tenant} and name > ${after} order by name limit ${page.limit + 1}`
      return pageOf(rows, page, ({ name }) => [name], anchorOf)
    }),

  of: (tenant, use) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<
        { certificate: string }[]
      >`select certificate from trust_anchors where tenant = ${tenant} and use = ${use} order by name`
      return rows.map(({ certificate }) => certificate)
    }),

  remove: (tenant, name) =>
    asTenant(app, tenant, async (tx) => {
      const { count } = await tx`delete from trust_anchors where tenant = ${tenant} and name = ${name}`
      return count > 0
    }),
})
