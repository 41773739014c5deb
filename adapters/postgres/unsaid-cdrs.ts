import { deliveryEvent } from '../../core/domain/delivery.ts'
import { clean } from '../../core/domain/text.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'

/** An account that cannot be said in OCPI. */
export interface Unsaid {
  readonly tenant: string
  /** The partner that it is for. */
  readonly target: string
  readonly document: string
  readonly number: number
  /** What is not known, or is none of OCPI's. */
  readonly reasons: readonly string[]
  readonly at: number
}

const longest = 500

/**
 * Accounts that a partner should have and cannot be told of wait for a person, who is told why: nobody is billed by what
 * never arrives. When somebody has it sent again, it is looked at again.
 */
export const holdUnsaid = async (tx: Transaction, all: readonly Unsaid[]): Promise<void> => {
  for (const { tenant, target, document, number, reasons, at } of all) {
    const reason = clean(`it cannot be said in OCPI: ${reasons.join('; ')}`, longest)
    if (await keptForHub(tx, { tenant, target, document, reason, at })) continue
    await tx`insert into roaming_lanes (tenant, partner, module)
      select tenant, id, 'cdrs' from roaming_partners where tenant = ${tenant} and id = ${target} on conflict do nothing`
    const { count } =
      await tx`insert into roaming_deliveries (tenant, target, document, number, state, reason, changed_at)
      values (${tenant}, ${target}, ${document}, ${number}, 'refused', ${reason}, at_ms(${at}::bigint)) on conflict do nothing`
    if (count === 0)
      await tx`update roaming_deliveries set reason = ${reason}
        where tenant = ${tenant} and target = ${target} and document = ${document} and state = 'refused' and body is null`
    else
      await insertEvents(tx, [
        deliveryEvent(
          {
            tenant,
            target,
            document,
            number,
            state: 'refused',
            attempts: 0,
            forgiven: 0,
            isDoubtful: false,
            reason,
            changedAt: at,
          },
          'roaming',
        ),
      ])
  }
}

/** Hubs that speak OICP have a list of their own, with what they have refused themselves; false where it is none. */
const keptForHub = async (
  tx: Transaction,
  { tenant, target, document, reason, at }: Omit<Unsaid, 'number' | 'reasons'> & { readonly reason: string },
): Promise<boolean> => {
  const hubs = await tx`select from roaming_partners where tenant = ${tenant} and id = ${target} and protocol = 'oicp'`
  if (hubs.length === 0) return false
  await tx`insert into oicp_cdrs (tenant, partner, id, state, reason, created_at, changed_at)
    values (${tenant}, ${target}, ${document}, 'kept', ${reason}, at_ms(${at}::bigint), at_ms(${at}::bigint))
    on conflict (tenant, partner, id) do update set reason = excluded.reason where oicp_cdrs.state = 'kept' and oicp_cdrs.record is null`
  return true
}
