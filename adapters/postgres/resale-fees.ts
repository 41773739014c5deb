import { firstOf } from '../../core/domain/month.ts'
import { type PortFee, postingsOfPortFee, postingsOfTurnover, type Turnover } from '../../core/settlement/fees.ts'
import type { RunRef } from '../../core/settlement/run.ts'
import type { ResaleContract } from '../../core/settlement/terms.ts'
import type { Voucher } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { postVouchers } from './general-ledger.ts'
import { portBillsOf } from './port-fees.ts'

/** Month, tenant, and the last millisecond of the month. */
interface Month extends RunRef {
  readonly at: number
}

/**
 * Charges what resale comes to in a month, each side in its own books: what ports cost; and in a reseller's what the CPOs below
 * it owe of their sessions, as their books say. Throws where what that rests on is not known yet: it is tried again.
 */
export const chargeResale = async (tx: Transaction, ref: RunRef): Promise<number> => {
  const bills = await portBillsOf(tx, ref.tenant, ref.month)
  const { at, counted } = await endOf(tx, ref.month)
  if (!counted && bills.some(({ contract }) => contract.tiers.length > 0))
    throw new Error(`the ports of ${ref.month} have not been counted to its end yet`)
  const month = { tenant: ref.tenant, month: ref.month, at }
  const fees = bills.map((bill): Voucher => {
    const { contract, ports, fee } = bill
    return {
      ...month,
      source: { kind: 'fee', key: `${ref.month}/resale/${contract.id}` },
      text: `Contract ${contract.id}, ${ref.month}: ${wordsOf(contract, ports, fee)}`,
      postings: postingsOfPortFee(contract, fee, bill),
    }
  })
  const sold = new Map(bills.flatMap(({ contract, other }) => (other === 'cpo' ? [[cpoOf(contract), contract]] : [])))
  const vouchers = [...fees, ...(await turnovers(tx, month, sold))].filter(({ postings }) => postings.length > 0)
  return (await postVouchers(tx, ref.tenant, vouchers)).posted
}

/** Who is a tenant as well has the name of its party. */
const cpoOf = ({ buyer }: ResaleContract): string => buyer.toLowerCase()

const wordsOf = ({ currency, minimum }: ResaleContract, ports: number, { perPort, isMinimum }: PortFee): string =>
  isMinimum === true
    ? `${ports} ports, the minimum of ${minimum ?? '0'} ${currency}`
    : `${ports} ports at ${perPort ?? '0'} ${currency}`

/** `counted`: it was looked after the month which ports were connected in it. It is looked every half an hour. */
const endOf = async (tx: Transaction, month: string): Promise<{ readonly at: number; readonly counted: boolean }> => {
  const [row] = await tx<{ at: number; counted: boolean }[]>`
    select ms(m.until_at) - 1 as at, l.looked_at >= m.until_at as counted
    from (select (${firstOf(month)}::text::date + interval '1 month')::timestamp at time zone zone as until_at from installation) m, port_look l`
  return row ?? { at: 0, counted: false }
}

type Sold = ReadonlyMap<string, ResaleContract>

interface Given extends Turnover {
  readonly cpo: string
  readonly month: string
}

/**
 * What CPOs owe a reseller of their sessions, and what they have put right with it: of those of their months that are closed
 * and that its own books have not yet, also of CPOs that are below it no more. Whoever gives a share closes its month first.
 */
const turnovers = async (tx: Transaction, month: Month, sold: Sold): Promise<readonly Voucher[]> => {
  const open = await tx<{ tenant: string }[]>`select tenant from open_below(${month.month})`
  const first = open.find(({ tenant }) => sold.get(tenant)?.sharePercent !== undefined)
  if (first !== undefined)
    throw new Error(`${month.month} of ${first.tenant} must be closed first: a share of it is owed here`)
  const given = await tx<Given[]>`
    select p.tenant as cpo, g.month, g.currency, g.purpose, g.amount::text as amount
    from (select distinct tenant from tenant_parents where reseller = ${month.tenant}) p
      cross join lateral resale_of(p.tenant, ${month.month}) g
    order by p.tenant, g.month, g.currency, g.purpose`
  const months = Map.groupBy(given, ({ cpo, month: of }) => `${of}/turnover/${cpo}`)
  return [...months].map(([key, lines]): Voucher => {
    const { cpo, month: of } = lines[0] ?? { cpo: '', month: '' }
    const contract = sold.get(cpo)
    const postings = postingsOfTurnover(lines, {
      cpo: contract?.buyer ?? cpo,
      ...(contract !== undefined && { contract: contract.id }),
    })
    const text = `Resale ${of}: what ${cpo} owes of its sessions`
    return { ...month, source: { kind: 'fee', key }, text, postings }
  })
}
