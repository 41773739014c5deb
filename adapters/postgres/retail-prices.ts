import { dayIn } from '../../core/domain/time-zone.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { Cdr } from '../../core/roaming/model.ts'
import { retailCostOf } from '../../core/roaming/retail-cost.ts'
import { negatedRetail, type Retail, retailPrice } from '../../core/settlement/retail.ts'
import { roamingPriceFor } from '../../core/settlement/roaming-price.ts'
import type { RoamingPrice } from '../../core/settlement/terms.ts'
import type { Sql, Transaction } from './connect.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
}

interface DueRow {
  readonly serial: number
  readonly country_code: string
  readonly party_id: string
  readonly key: string
  readonly partner: string
  readonly body: Cdr | null
  readonly emp: string | null
  readonly zone: string
  /** Of a credit: what the one that it takes back costs, once that is there. */
  readonly original: Retail | null
}

/** So many CDRs are priced in one commit. */
const page = 100

/**
 * Prices what partners' CDRs cost drivers of ours: all of a tenant that nobody has looked at yet, in the order in which they
 * came, a page in one commit. Whoever dies in the middle has priced whole pages; what is left is found again. Answers how
 * many have a price now.
 */
export const priceRetail = async (
  { app, clock }: Parts,
  { tenant, id }: Pick<OutboxJob, 'id' | 'tenant'>,
): Promise<number> => {
  let priced = 0
  for (let isMore = true; isMore;) {
    const done = await asTenant(app, tenant, (tx) => pricePage(tx, tenant, clock.now()))
    isMore = done.isMore
    priced += done.priced
  }
  // what it was left for is done, by this job or by another one
  await asTenant(app, tenant, async (tx) => void (await takeJob(tx, { id })))
  return priced
}

const pricePage = async (
  tx: Transaction,
  tenant: string,
  now: number,
): Promise<{ readonly isMore: boolean; readonly priced: number }> => {
  await tx`select pg_advisory_xact_lock(hashtext('stationmaster.retail'), hashtext(${tenant}))`
  const due = await dueOf(tx, tenant)
  const prices = due.length === 0 ? [] : await pricesOf(tx, tenant)
  // a credit may come right behind what it takes back
  const before = new Map<string, Retail>()
  const judged = due.map((row) => {
    const verdict = judgedOf(row, prices, before)
    if ('retail' in verdict) before.set(nameOf(row, row.key), verdict.retail)
    return { row, verdict }
  })
  for (const { row, verdict } of judged) await keep(tx, { tenant, row, verdict, now })
  const keys = due.map((row) => nameOf(row, row.key))
  await tx`delete from outbox where tenant = ${tenant} and kind = 'retail' and key = any(${keys}::text[])`
  const priced = judged.flatMap(({ row, verdict }) => ('retail' in verdict ? [row] : []))
  const called = await callCredits(tx, tenant, priced)
  return { isMore: due.length === page || called > 0, priced: priced.length }
}

const dueOf = (tx: Transaction, tenant: string): Promise<readonly DueRow[]> =>
  tx<
    DueRow[]
  >`select r.serial, r.country_code, r.party_id, r.key, r.partner, o.body, e.id as emp, i.zone, x.retail as original
    from retail_prices r
    cross join installation i
    left join roaming_received o on o.tenant = r.tenant and o.module = 'cdrs' and o.country_code = r.country_code and o.party_id = r.party_id and o.key = r.key
    left join parties e on e.tenant = r.tenant and e.role = 'emp' and e.is_ours
      and e.country_code = upper(o.body -> 'cdr_token' ->> 'country_code') and e.party_id = upper(o.body -> 'cdr_token' ->> 'party_id')
    left join retail_prices x on x.tenant = r.tenant and x.country_code = r.country_code and x.party_id = r.party_id
      and x.key = lower(o.body ->> 'credit_reference_id') and x.state = 'priced'
    where r.tenant = ${tenant} and r.state = 'due' order by r.serial limit ${page}`

const pricesOf = async (tx: Transaction, tenant: string): Promise<readonly RoamingPrice[]> => {
  const rows = await tx<{ content: RoamingPrice }[]>`select content from agreements
    where tenant = ${tenant} and kind = 'roaming' order by key`
  return rows.map(({ content }) => content)
}

/** What is known of it, and what is missing. */
interface Known {
  readonly creditOf?: string
  readonly emp?: string
  readonly day?: string
}
type Verdict = Known &
  ({ readonly retail: Retail; readonly emp: string; readonly day: string } | { readonly missing: string })

const nameOf = ({ country_code, party_id }: DueRow, key: string): string => `${country_code}*${party_id}/${key}`

/** Whatever somebody has thought of is in the way of no other. */
const judgedOf = (...of: Parameters<typeof judge>): Verdict => {
  try {
    return judge(...of)
  } catch (error) {
    return { missing: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const judge = (row: DueRow, prices: readonly RoamingPrice[], before: ReadonlyMap<string, Retail>): Verdict => {
  const { body: cdr, emp, zone, partner } = row
  if (cdr === null) return { missing: 'the CDR is not there any more' }
  const at = parseInstant(cdr.start_date_time)?.ms
  if (at === undefined) return { missing: 'when it began cannot be read' }
  const day = dayIn(zone, at)
  const { country_code: country, party_id: party, contract_id: contract } = cdr.cdr_token
  if (emp === null) return { day, missing: `no EMP of ours is ${country}*${party}` }
  if (cdr.credit === true) return { ...creditOf(row, cdr, before), emp, day }
  const cost = retailCostOf(cdr)
  if ('fault' in cost) return { emp, day, missing: cost.fault }
  const price = roamingPriceFor(prices, { partner, contract, currency: cost.currency, day })
  if (price === undefined)
    return { emp, day, missing: `no roaming price in ${cost.currency} is for ${contract} at ${partner} on ${day}` }
  return { emp, day, retail: retailPrice(cost, price) }
}

/** What a credit takes back is what was paid, whatever the price has become since. */
const creditOf = (
  row: DueRow,
  { credit_reference_id: of }: Cdr,
  before: ReadonlyMap<string, Retail>,
): { readonly creditOf?: string } & ({ readonly retail: Retail } | { readonly missing: string }) => {
  if (of === undefined) return { missing: 'it is a credit, and does not say of what' }
  const key = of.toLowerCase()
  const original = row.original ?? before.get(nameOf(row, key))
  if (original === undefined) return { creditOf: key, missing: `the CDR that it takes back, ${of}, has no price yet` }
  return { creditOf: key, retail: negatedRetail(original) }
}

const keep = (
  tx: Transaction,
  {
    tenant,
    row,
    verdict,
    now,
  }: { readonly tenant: string; readonly row: DueRow; readonly verdict: Verdict; readonly now: number },
): PromiseLike<unknown> => {
  const { creditOf: credit = null, emp = null, day = null } = verdict
  const retail = 'retail' in verdict ? JSON.stringify(verdict.retail) : null
  return tx`update retail_prices set state = ${retail === null ? 'waiting' : 'priced'}, reason = ${'missing' in verdict ? verdict.missing : null},
      credit_of = ${credit}, emp = ${emp}, day = ${day}::text::date, retail = ${retail}::text::jsonb,
      priced_at = case when ${retail !== null} then at_ms(${now}) end
    where tenant = ${tenant} and serial = ${row.serial}::bigint and state = 'due'`
}

/** Credits that have waited for these are looked at in the next page, also by another one; answers how many. */
const callCredits = async (tx: Transaction, tenant: string, rows: readonly DueRow[]): Promise<number> => {
  if (rows.length === 0) return 0
  const { count } = await tx`with called as (
      update retail_prices r set state = 'due', reason = null
      from unnest(${rows.map((o) => o.country_code)}::text[], ${rows.map((o) => o.party_id)}::text[], ${rows.map((o) => o.key)}::text[]) as w(country_code, party_id, key)
      where r.tenant = ${tenant} and r.state = 'waiting' and r.country_code = w.country_code and r.party_id = w.party_id and r.credit_of = w.key
      returning r.country_code, r.party_id, r.key
    )
    insert into outbox (tenant, kind, key) select ${tenant}, 'retail', country_code || '*' || party_id || '/' || key from called order by 3 on conflict do nothing`
  return count
}

/** In the commit of what may have been missing: all that waits is looked at again. */
export const lookAgain = async (tx: Transaction, tenant: string, at: number): Promise<void> => {
  const rows =
    await tx`update retail_prices set state = 'due', reason = null where tenant = ${tenant} and state = 'waiting' returning serial`
  if (rows.length > 0)
    await tx`insert into outbox (tenant, kind, key) values (${tenant}, 'retail', ${`again/${at}`}) on conflict do nothing`
}
