import type { ListEntry } from '../../../core/domain/local-list.ts'
import type { CertificateHash } from '../../../core/domain/certificate.ts'
import type { InstalledUse } from '../../../core/domain/order.ts'
import type { Body } from '../../../core/domain/item.ts'
import type { MirrorStore } from '../../../core/ports/store.ts'
import { chargingProfilesOf } from '../charging-profiles.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const mirrorStore = (app: Sql): MirrorStore => ({
  configuration: ({ tenant, identity }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<
        {
          key: string
          value: string | null
          readonly: boolean
          known: boolean
          reported: number | null
          desired: string | null
          after_boot: boolean
        }[]
      >`select key, value, readonly, known, ms(reported_at) as reported, desired, after_boot from configuration
        where tenant = ${tenant} and identity = ${identity} order by lower(key)`
      return rows.map(({ key, value, readonly, known, reported, desired, after_boot: afterBoot }) => ({
        key,
        readonly,
        known,
        afterBoot,
        ...present({ value, reportedAt: reported, desired }),
      }))
    }),

  desire: ({ tenant, identity }, key, value, at) =>
    asTenant(app, tenant, async (tx) => {
      await tx`insert into configuration (tenant, identity, key, known, desired, desired_at)
        values (${tenant}, ${identity}, coalesce((select c.key from configuration c where c.tenant = ${tenant} and c.identity = ${identity} and lower(c.key) = lower(${key}) limit 1), ${key}), true, ${value}, at_ms(${at}))
        on conflict (tenant, identity, key) do update set desired = excluded.desired, desired_at = excluded.desired_at, after_boot = false`
    }),

  localList: ({ tenant, identity }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        {
          version: number | null
          entries: readonly ListEntry[]
          taken: number | null
          sent_version: number | null
          sent_entries: readonly ListEntry[] | null
        }[]
      >`select version, entries, ms(taken_at) as taken, sent_version, sent_entries from local_lists where tenant = ${tenant} and identity = ${identity}`
      if (row === undefined) return undefined
      const { version, entries, taken, sent_version: sentVersion, sent_entries: sentEntries } = row
      return {
        ...(version !== null && { list: { version, entries } }),
        ...present({ takenAt: taken }),
        ...(sentVersion !== null && { uncertain: { version: sentVersion, entries: sentEntries ?? [] } }),
      }
    }),

  chargingProfiles: (ref) => asTenant(app, ref.tenant, (tx) => chargingProfilesOf(tx, ref)),

  certificates: ({ tenant, identity }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<
        {
          use: InstalledUse
          algorithm: CertificateHash['hashAlgorithm']
          issuer_name: string
          issuer_key: string
          serial: string
          reported: number
        }[]
      >`select use, algorithm, issuer_name, issuer_key, serial, ms(reported_at) as reported from installed_certificates
        where tenant = ${tenant} and identity = ${identity} order by use, serial`
      return rows.map((row) => ({
        use: row.use,
        hashAlgorithm: row.algorithm,
        issuerNameHash: row.issuer_name,
        issuerKeyHash: row.issuer_key,
        serialNumber: row.serial,
        reportedAt: row.reported,
      }))
    }),

  items: ({ tenant, identity }, { kind, prefix = '', at = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = null] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<{ key: string; body: Body; reported: number }[]>`
        select key, body - 'pieces' as body, ms(reported_at) as reported from items
        where tenant = ${tenant} and identity = ${identity} and kind = ${kind} and starts_with(key, ${prefix}) and (${after}::text is null or key > ${after}::text)
          and (${at}::bigint is null or jsonb_typeof(body->'endsAt') is distinct from 'number' or (body->>'endsAt')::numeric > ${at}::bigint)
        order by key limit ${page.limit + 1}`
      return pageOf(
        rows,
        page,
        (row) => [row.key],
        ({ key, body, reported: reportedAt }) => ({ key, body, reportedAt }),
      )
    }),
})
