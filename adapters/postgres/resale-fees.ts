import { partsOf } from '../../core/domain/amount.ts'
import type { TenantKind } from '../../core/domain/tenant.ts'
import { partyAccount } from '../../core/settlement/account.ts'
import { type PortFee, portFee, postingsOfPortFee } from '../../core/settlement/fees.ts'
import { booksOf, type Books, partyTenant } from '../../core/settlement/resale-contract.ts'
import type { RunRef } from '../../core/settlement/run.ts'
import { balanced } from '../../core/settlement/split.ts'
import type { ResaleContract } from '../../core/settlement/terms.ts'
import type { Purpose, Voucher } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { postVouchers } from './general-ledger.ts'
import { billablePorts } from './ports.ts'

interface Row {
  readonly key: string
  readonly content: ResaleContract
  readonly kind: TenantKind
  /** The last millisecond of the month. */
  readonly at: number
}

type Contract = Row & Books

/**
 * Charges what resale comes to in a month, each side in its own books: what ports cost, by the contract that holds last in the
 * month between the two; and in a reseller's what the CPOs below it have given it of their sessions, as theirs say. A party
 * that is a tenant of this installation has its name. Throws where what it rests on is not known yet: it is tried again.
 */
export const chargeResale = async (tx: Transaction, ref: RunRef): Promise<number> => {
  const rows = await contractsOf(tx, ref)
  const contracts = rows.flatMap((row): readonly Contract[] => {
    const books = booksOf(row.kind, row.content)
    return books === undefined ? [] : [{ ...row, ...books }]
  })
  if (contracts.some(({ content }) => content.tiers.length > 0)) await refuseUncounted(tx, ref)
  const vouchers: Voucher[] = []
  for (const contract of contracts) {
    const ports = await portsOf(tx, ref, contract)
    const fee = portFee(contract.content, ports)
    const postings = postingsOfPortFee(contract.content, fee, contract)
    if (postings.length === 0) continue
    const source = { kind: 'fee', key: `${ref.month}/resale/${contract.key}` } as const
    const text = `Contract ${contract.content.id}, ${ref.month}: ${wordsOf(contract.content, ports, fee)}`
    vouchers.push({ ...ref, source, at: contract.at, text, postings })
  }
  const { posted } = await postVouchers(tx, ref.tenant, [...vouchers, ...(await turnovers(tx, ref, contracts))])
  return posted
}

const wordsOf = ({ currency, minimum }: ResaleContract, ports: number, { perPort, isMinimum }: PortFee): string =>
  isMinimum ? `${ports} ports, the minimum of ${minimum} ${currency}` : `${ports} ports at ${perPort} ${currency}`

/** Of two parties the contract that holds last in a month: a port that was connected in it is charged once. */
const contractsOf = (tx: Transaction, { tenant, month }: RunRef): PromiseLike<Row[]> =>
  tx<Row[]>`
    with bounds as (
      select first, first + interval '1 month' as until, (first + interval '1 month') at time zone zone as until_at
      from installation, (select ${`${month}-01`}::text::date::timestamp as first) f
    )
    select distinct on (a.content ->> 'seller', a.content ->> 'buyer') a.key, a.content, t.kind, ms(b.until_at) - 1 as at
    from bounds b, tenants t, agreements a
    where t.tenant = ${tenant} and a.tenant = ${tenant} and a.kind = 'resale' and a.from_day < b.until and a.until_day > b.first
    order by a.content ->> 'seller', a.content ->> 'buyer', a.from_day desc`

/** It is looked every half an hour, by whatever process: soon enough after a month to wait for it. */
const refuseUncounted = async (tx: Transaction, { month }: RunRef): Promise<void> => {
  const [row] = await tx<{ counted: boolean }[]>`
    select l.looked_at >= (${`${month}-01`}::text::date + interval '1 month')::timestamp at time zone i.zone as counted
    from port_look l, installation i`
  if (row?.counted !== true) throw new Error(`the ports of ${month} have not been counted to its end yet`)
}

const portsOf = async (tx: Transaction, { tenant, month }: RunRef, contract: Contract): Promise<number> => {
  const { kind, side, content } = contract
  if (kind === 'cpo') {
    const [row] = await tx<{ ports: number }[]>`
      select count(*)::int as ports from ports_of(${tenant}, ${`${month}-01`}::text::date) p
      where p.reseller = ${partyTenant(content.seller)} or kind_of_tenant(${partyTenant(content.seller)}) is distinct from 'reseller'`
    return row?.ports ?? 0
  }
  const buyer = partyTenant(content.buyer)
  const counts = await billablePorts(tx, kind === 'platform' ? buyer : tenant, month)
  return counts.reduce(
    (sum, { cpo, ports }) => (kind === 'reseller' && side === 'seller' && cpo !== buyer ? sum : sum + ports),
    0,
  )
}

interface Given {
  readonly month: string
  readonly currency: string
  readonly purpose: Purpose
  readonly amount: string
}

/**
 * What CPOs have given a reseller of their sessions, and what they have put right with it, from those of their months that are
 * closed and are not in its books yet; also of those that are below it no more. Of whom it gets a share their month comes first.
 */
const turnovers = async (
  tx: Transaction,
  ref: RunRef,
  contracts: readonly Contract[],
): Promise<readonly Voucher[]> => {
  const shares = new Map(
    contracts.flatMap(({ kind, side, content, at }) =>
      kind === 'reseller' && side === 'seller' ? [[partyTenant(content.buyer), { content, at }] as const] : [],
    ),
  )
  const open = await tx<{ tenant: string }[]>`select tenant from open_below(${ref.month})`
  const first = open.find(({ tenant }) => shares.get(tenant)?.content.sharePercent !== undefined)
  if (first !== undefined) throw new Error(`${ref.month} of ${first.tenant} must be closed first: it gives a share of it`)
  const cpos = await tx<{ cpo: string; at: number }[]>`
    select distinct p.tenant as cpo, ms((${`${ref.month}-01`}::text::date + interval '1 month')::timestamp at time zone i.zone) - 1 as at
    from tenant_parents p, installation i where p.reseller = ${ref.tenant} order by p.tenant`
  const vouchers: Voucher[] = []
  for (const { cpo, at } of cpos) {
    const given = await tx<Given[]>`
      select month, currency, purpose, amount::text as amount from resale_of(${cpo}, ${ref.month})`
    for (const [month, lines] of Map.groupBy(given, (line) => line.month))
      vouchers.push({
        ...ref,
        source: { kind: 'fee', key: `${month}/turnover/${cpo}` },
        at,
        text: `Resale ${month}: what ${cpo} owes of its sessions`,
        postings: mirrored(lines, shares.get(cpo)?.content, cpo),
      })
  }
  return vouchers
}

/** What is owed there is had here: tax is the state's, all else the reseller's own. */
const mirrored = (lines: readonly Given[], contract: ResaleContract | undefined, cpo: string): Voucher['postings'] =>
  balanced(
    lines.flatMap(({ currency, purpose, amount }) => {
      const parts = -partsOf(amount)
      const move = { parts, purpose, ...(contract !== undefined && { contract: contract.id }) }
      return [
        { account: partyAccount('cpo', contract?.buyer ?? cpo, currency), ...move },
        ...(purpose === 'tax' ? [{ account: { kind: 'tax', currency } as const, ...move, parts: -parts }] : []),
      ]
    }),
  )
