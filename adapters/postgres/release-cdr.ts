import { type Cdr, released, startOf } from '../../core/domain/cdr.ts'
import { cdrEvent } from '../../core/domain/event.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { wattHours } from '../../core/domain/units.ts'
import type { CdrStore, ReleaseOrder } from '../../core/ports/store.ts'
import { accountingOf } from './accounting.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import { readingsOf } from './circumstances.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { leaveSeal } from './seal-documents.ts'
import { updateCdrs } from './store-cdrs.ts'
import { writeAudit } from './write-audit.ts'

/**
 * Issues a CDR that is held: by a person, and never otherwise. CDR, end of the hold, event and audit entry are one
 * commit; the session's lock comes first, as where a CDR is written, so that none is written anew meanwhile.
 */
export const releaseCdr = async (
  tx: Transaction,
  id: string,
  order: ReleaseOrder,
): Promise<Awaited<ReturnType<CdrStore['release']>>> => {
  const [of] = await tx<SessionRow[]>`select ${tx.unsafe(sessionColumns)} from sessions s
    where id = (select session from cdrs where id = ${id}) for no key update`
  const [row] = await tx<CdrRow[]>`select ${tx.unsafe(cdrColumns)} from cdrs c where c.id = ${id}`
  if (row === undefined || of === undefined) return 'missing'
  const held = cdrOf(row)
  if (held.state !== 'held') return 'notHeld'
  const session = sessionOf(of)
  const readings = (await readingsOf(tx, [session])).get(session.id) ?? []
  const { price } = await accountingOf(tx, { session, last: held, readings, startedAt: startOf(held, order) })
  const cdr = released(held, order, price)
  if (typeof cdr === 'string') return cdr
  await updateCdrs(tx, [cdr])
  await tx`update cdr_holds set released_at = at_ms(${order.at}), measured = ${safeJson(cdr.measured)}::text::jsonb where cdr = ${id}`
  await leaveSeal(tx, cdr.tenant, id)
  await insertEvents(tx, [cdrEvent(cdr, order.at)])
  await writeAudit(tx, {
    tenant: cdr.tenant,
    at: order.at,
    actor: order.by,
    action: 'cdr.released',
    subject: id,
    before: { ...shown(held), reasons: held.hold?.reasons.map(({ rule, detail }) => ({ rule, detail })) ?? [] },
    after: { ...shown(cdr), as: order.as },
    note: order.note,
  })
  return cdr
}

const shown = ({ state, energyMwh, startedAt, endedAt, priced }: Cdr) => ({
  state,
  energyWh: wattHours(energyMwh),
  startedAt: formatInstant(startedAt),
  endedAt: formatInstant(endedAt),
  ...(priced !== undefined && { cost: { ...priced.total, currency: priced.tariff.currency } }),
})
