import { type Fee, monthlyFees, postingsOfFees } from '../../core/settlement/fees.ts'
import { daysOf } from '../../core/domain/month.ts'
import type { RunRef } from '../../core/settlement/run.ts'
import type { SiteContract } from '../../core/settlement/terms.ts'
import type { Voucher } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { postVouchers } from './general-ledger.ts'
import { chargeResale } from './resale-fees.ts'

/** So many contracts are one commit. */
const most = 200

interface Row {
  readonly key: string
  readonly content: SiteContract
  readonly stations: number
  readonly ports: number
  readonly shared: string
  /** The last millisecond of the month. */
  readonly at: number
}

/**
 * Charges what a month itself costs, the next contracts of it: each once, by its name; those of sites, and with the last of
 * them those of resale. Answers how many vouchers that were, and after what the next ones come; undefined = there are none.
 */
export const chargeNext = async (
  tx: Transaction,
  { tenant, month }: RunRef,
  after = '',
): Promise<{ readonly fees: number; readonly after: string | undefined }> => {
  const rows = await contractsOf(tx, { tenant, month }, after)
  const vouchers = rows.flatMap((row): readonly Voucher[] => {
    const { content: contract, stations, ports, shared: sharedNet, key, at } = row
    const fees = monthlyFees(contract, { month, stations, ports, sharedNet })
    const postings = postingsOfFees(contract, fees)
    if (postings.length === 0) return []
    const source = { kind: 'fee', key: `${month}/site/${key}` } as const
    return [{ tenant, source, month, at, text: `Contract ${contract.id}, ${month}: ${wordsOf(fees)}`, postings }]
  })
  const { posted } = await postVouchers(tx, tenant, vouchers)
  if (rows.length === most) return { fees: posted, after: rows.at(-1)?.key }
  return { fees: posted + (await chargeResale(tx, { tenant, month })), after: undefined }
}

const wordsOf = (fees: readonly Fee[]): string =>
  fees
    .map(({ kind, count, price, currency, days, ofDays }) => {
      const time = days === ofDays ? '' : ` for ${days} of ${ofDays} days`
      if (kind === 'floor') return `up to the floor of ${price} ${currency}${time}`
      return `${count} ${kind === 'perStation' ? 'stations' : 'ports'} at ${price} ${currency}${time}`
    })
    .join(', ')

/**
 * With the stations and EVSEs that there were of each in the month, but for those that have a contract of their own, and
 * with what its owner was given of the month's sessions before tax.
 */
const contractsOf = (tx: Transaction, { tenant, month }: RunRef, after: string): PromiseLike<Row[]> => {
  const { from, until } = daysOf(month)
  return tx<Row[]>`
    with bounds as (
      select ${from}::text::date as from_day, ${until}::text::date as until_day, ${from}::text::date::timestamp at time zone zone as from_at,
        ${until}::text::date::timestamp at time zone zone as until_at from installation
    ), contract as materialized (
      select a.key, a.subject, a.content from agreements a, bounds b
      where a.tenant = ${tenant} and a.kind = 'site' and a.key > ${after} and a.from_day < b.until_day and a.until_day > b.from_day
      order by a.key limit ${most}
    ), place as (
      select c.key, s.id as station from contract c, bounds b, charging_stations s
      where s.tenant = ${tenant} and s.created_at < b.until_at
        and (c.subject = 'station/' || s.id or c.subject = 'site/' || s.site and not exists (
          select from agreements o where o.tenant = ${tenant} and o.kind = 'site' and o.subject = 'station/' || s.id
            and o.from_day < b.until_day and o.until_day > b.from_day))
    ), counted as (
      select p.key, count(distinct p.station)::int as stations, count(e.uid)::int as ports from bounds b, place p
      left join evses e on e.tenant = ${tenant} and e.station = p.station and e.created_at < (select until_at from bounds)
        and (e.state = 'active' or e.state = 'removed' and e.changed_at >= (select from_at from bounds))
      group by p.key
    ), shared as (
      select c.key, -sum(l.amount) as net from contract c
      join ledger_accounts k on k.tenant = ${tenant} and k.key = (c.content ->> 'currency') || '/party/siteOwner:' || (c.content ->> 'owner')
      join ledger_postings l on l.tenant = k.tenant and l.account = k.number and l.month = ${month} and l.purpose = 'share' and l.contract = c.content ->> 'id'
      group by c.key
    )
    select c.key, c.content, coalesce(n.stations, 0) as stations, coalesce(n.ports, 0) as ports, coalesce(s.net, 0)::text as shared, ms(b.until_at) - 1 as at
    from bounds b, contract c left join counted n on n.key = c.key left join shared s on s.key = c.key
    order by c.key`
}
