import type { CertificateState, CertificateUse, IssuedCertificate } from '../../../core/domain/certificate.ts'
import type { CertificateStore } from '../../../core/ports/certificates.ts'
import { BadCursor } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly tenant: string
  readonly identity: string
  readonly serial: string
  readonly fingerprint: string
  readonly chain: string
  readonly before_ms: number
  readonly after_ms: number
  readonly issued_ms: number
  readonly state: CertificateState
  readonly use: CertificateUse
}

const columns = `tenant, identity, serial, fingerprint, chain, ms(not_before) as before_ms, ms(not_after) as after_ms, ms(issued_at) as issued_ms, state, use`

const certificateOf = ({
  before_ms: notBefore,
  after_ms: notAfter,
  issued_ms: issuedAt,
  ...row
}: Row): IssuedCertificate => ({
  ...row,
  notBefore,
  notAfter,
  issuedAt,
})

export const certificateStore = (app: Sql): CertificateStore => ({
  record: (c) =>
    asTenant(app, c.tenant, async (tx) => {
      await tx`insert into issued_certificates (tenant, serial, identity, fingerprint, chain, not_before, not_after, issued_at, changed_at, request, use)
        values (${c.tenant}, ${c.serial}, ${c.identity}, ${c.fingerprint}, ${c.chain}, at_ms(${c.notBefore}), at_ms(${c.notAfter}), at_ms(${c.issuedAt}), at_ms(${c.issuedAt}), ${c.request ?? null}::uuid, ${c.use ?? 'station'})
        on conflict do nothing`
      const [row] = await tx<
        Row[]
      >`select ${tx.unsafe(columns)} from issued_certificates where tenant = ${c.tenant} and (serial = ${c.serial} or request = ${c.request ?? null}::uuid)`
      return row === undefined ? { ...c, state: 'issued' } : certificateOf(row)
    }),

  byRequest: (tenant, request) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select ${tx.unsafe(columns)} from issued_certificates where tenant = ${tenant} and request = ${request}::uuid`
      return row && certificateOf(row)
    }),

  isSent: ({ tenant, identity }, serial) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx`select from commands where tenant = ${tenant} and identity = ${identity}
        and type = 'deliverCertificate' and command_order ->> 'serial' = ${serial} limit 1`
      return rows.length > 0
    }),

  list: ({ tenant, identity }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [issued, serial] = keyOfCursor(page.cursor, 2) ?? []
      if (issued !== undefined && !/^\d{1,15}$/.test(issued)) throw new BadCursor('not a cursor of this list')
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from issued_certificates
        where tenant = ${tenant} and identity = ${identity}
          and (${issued ?? null}::text is null or (issued_at, serial) < (at_ms(${issued ?? '0'}::bigint), ${serial ?? ''}::text))
        order by issued_at desc, serial desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.issued_ms, row.serial], certificateOf)
    }),

  find: (tenant, serial) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select ${tx.unsafe(columns)} from issued_certificates where tenant = ${tenant} and serial = ${serial}`
      return row && certificateOf(row)
    }),

  mark: (tenant, serial, state, at) =>
    asTenant(app, tenant, async (tx) => {
      const { count } = await tx`update issued_certificates set state = ${state}, changed_at = at_ms(${at})
        where tenant = ${tenant} and serial = ${serial} and state <> 'revoked'`
      return count > 0
    }),

  issuedSince: ({ tenant, identity }, at) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ n: number }[]>`select count(*)::int as n from issued_certificates
        where tenant = ${tenant} and identity = ${identity} and issued_at >= at_ms(${at})`
      return row?.n ?? 0
    }),
})
