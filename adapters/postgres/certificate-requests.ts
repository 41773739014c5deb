import { decodeFrame } from '../../core/ocpp/frame.ts'
import { decodeRepaired, quirksOf } from '../../core/ocpp/quirks.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { Sql } from './connect.ts'
import { present } from './rows.ts'
import { asTenant } from './tenant.ts'

/**
 * What a `certificate` job is about: the request in the fact that its key names, `<day>/<identity>/<key>`, read as its
 * station means it. Nothing where it cannot be read: it never will be.
 */
export const requestOfJob = (
  app: Sql,
  { tenant, key: named }: Pick<OutboxJob, 'tenant' | 'key'>,
): Promise<
  { readonly tenant: string; readonly identity: string; readonly key: string; readonly csr: string } | undefined
> =>
  asTenant(app, tenant, async (tx) => {
    const [day = '', identity = '', key = ''] = named.split('/')
    const [row] = await tx<Row[]>`select f.wire, p.vendor, p.model, p.firmware from facts f
      left join charge_points p on p.tenant = f.tenant and p.identity = f.identity
      where f.day = ${day}::date and f.tenant = ${tenant} and f.identity = ${identity} and f.key = ${key}::uuid`
    const csr = row && csrOf(row)
    return csr === undefined ? undefined : { tenant, identity, key, csr }
  })

interface Row {
  readonly wire: Buffer
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
}

const csrOf = ({ wire, ...named }: Row): string | undefined => {
  const text = wire.toString('utf8')
  const quirks = quirksOf(present(named))
  const frame = quirks === undefined ? decodeFrame(text) : decodeRepaired(text, quirks)
  const csr = frame.kind === 'call' ? frame.payload['csr'] : undefined
  return typeof csr === 'string' ? csr : undefined
}

/** Its effect is there: the job need not come again. */
export const jobDone = (app: Sql, { tenant, id }: Pick<OutboxJob, 'tenant' | 'id'>): Promise<unknown> =>
  asTenant(app, tenant, async (tx) => {
    await tx`delete from outbox where id = ${id}`
  })
