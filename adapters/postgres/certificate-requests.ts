import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { Sql } from './connect.ts'
import { asTenant } from './tenant.ts'

/** What a `certificate` job is about: the request in the fact that its key names, `<day>/<identity>/<key>`. */
export const requestOfJob = (
  app: Sql,
  { tenant, key: named }: Pick<OutboxJob, 'tenant' | 'key'>,
): Promise<
  { readonly tenant: string; readonly identity: string; readonly key: string; readonly csr: string } | undefined
> =>
  asTenant(app, tenant, async (tx) => {
    const [day = '', identity = '', key = ''] = named.split('/')
    const [row] = await tx<{ wire: Buffer }[]>`select wire from facts
      where day = ${day}::date and tenant = ${tenant} and identity = ${identity} and key = ${key}::uuid`
    const payload = row && (JSON.parse(row.wire.toString('utf8')) as [number, string, string, { csr: string }])[3]
    return payload && { tenant, identity, key, csr: payload.csr }
  })

/** Its effect is there: the job need not come again. */
export const jobDone = (app: Sql, { tenant, id }: Pick<OutboxJob, 'tenant' | 'id'>): Promise<unknown> =>
  asTenant(app, tenant, async (tx) => {
    await tx`delete from outbox where id = ${id}`
  })
