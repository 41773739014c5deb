import type { AuthorityStore, KeptAuthority } from '../../../core/ports/authority.ts'
import type { Sql, Transaction } from '../connect.ts'
import { asTenant } from '../tenant.ts'

export const authorityStore = (app: Sql): AuthorityStore => ({
  find: (tenant) => asTenant(app, tenant, (tx) => find(tx, tenant)),

  keep: (tenant, made) =>
    asTenant(app, tenant, async (tx) => {
      await tx`insert into authorities (tenant, certificate, sealed_key) values (${tenant}, ${made.certificate}, ${made.sealedKey}) on conflict do nothing`
      // another process may have been first: then everybody goes on with its
      return (await find(tx, tenant)) ?? made
    }),
})

const find = async (tx: Transaction, tenant: string): Promise<KeptAuthority | undefined> => {
  const [row] = await tx<
    { certificate: string; sealed_key: string }[]
  >`select certificate, sealed_key from authorities where tenant = ${tenant}`
  return row && { certificate: row.certificate, sealedKey: row.sealed_key }
}
