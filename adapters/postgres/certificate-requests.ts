import type { CertificateUse } from '../../core/domain/certificate.ts'
import { decodeFrame } from '../../core/ocpp/frame.ts'
import { decodeRepaired, quirksOf } from '../../core/ocpp/quirks.ts'
import { route } from '../../core/ocpp/router.ts'
import { isProtocol } from '../../core/ocpp/version.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { Sql } from './connect.ts'
import { present } from './rows.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

/**
 * What a `certificate` job is about: the request in the fact that its key names, `<day>/<identity>/<key>`, read as its
 * station means it. Nothing where it cannot be read: it never will be.
 */
export const requestOfJob = (
  app: Sql,
  { tenant, key: named }: Pick<OutboxJob, 'tenant' | 'key'>,
): Promise<(Asked & { readonly tenant: string; readonly identity: string; readonly key: string }) | undefined> =>
  asTenant(app, tenant, async (tx) => {
    const [day = '', identity = '', key = ''] = named.split('/')
    const [row] = await tx<Row[]>`select f.wire, f.protocol, p.vendor, p.model, p.firmware from facts f
      left join charge_points p on p.tenant = f.tenant and p.identity = f.identity
      where f.day = ${day}::date and f.tenant = ${tenant} and f.identity = ${identity} and f.key = ${key}::uuid`
    const asked = row && askedIn(row)
    return asked && { tenant, identity, key, ...asked }
  })

interface Asked {
  readonly csr: string
  readonly use: CertificateUse
  readonly request?: number
}

interface Row {
  readonly wire: Buffer
  readonly protocol: string
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
}

const askedIn = ({ wire, protocol, ...named }: Row): Asked | undefined => {
  if (!isProtocol(protocol)) return undefined
  const text = wire.toString('utf8')
  const quirks = quirksOf(present(named))
  const frame = quirks === undefined ? decodeFrame(text, protocol) : decodeRepaired(text, quirks, protocol)
  const routed = frame.kind === 'call' ? route(protocol, frame.action, frame.payload, 0) : undefined
  if (routed?.ok !== true || routed.ask.type !== 'certificate') return undefined
  const { csr, use, request } = routed.ask
  return { csr, use, ...(request !== undefined && { request }) }
}

/** Its effect is there: the job need not come again. */
export const jobDone = (app: Sql, { tenant, id }: Pick<OutboxJob, 'tenant' | 'id'>): Promise<unknown> =>
  asTenant(app, tenant, async (tx) => {
    await takeJob(tx, { id })
  })
