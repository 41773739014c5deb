import type { PortBill } from '../../core/ports/tenants.ts'
import { portFee } from '../../core/settlement/fees.ts'
import { daysOf, firstOf } from '../../core/domain/month.ts'
import { platform } from '../../core/settlement/resale-contract.ts'
import type { ResaleContract } from '../../core/settlement/terms.ts'
import type { Transaction } from './connect.ts'
import { billablePorts, connectedPorts } from './ports.ts'

/**
 * Everything that stands in a month for connected ports, as this tenant's books have it: the platform's with resellers, a
 * reseller's with the CPOs below it, and its own with the platform; a CPO's with its reseller. Who is a tenant as well has
 * the name of its party. Of two contracts that follow each other within a month the later one counts: a port is one of the month,
 * and not of a part of it. The transaction is one of the tenant whose books they are.
 */
export const portBillsOf = async (tx: Transaction, tenant: string, month: string): Promise<readonly PortBill[]> => {
  const [{ kind } = { kind: 'cpo' }] = await tx<{ kind: string }[]>`select kind from tenants where tenant = ${tenant}`
  const bills: PortBill[] = []
  for (const contract of await contractsOf(tx, tenant, month)) {
    const { seller, buyer } = contract
    // a reseller has a contract with the platform, and contracts with CPOs; the platform and a CPO have only their own
    const isPlatforms = seller === platform
    if (kind === 'cpo' ? isPlatforms : kind === 'platform' && !isPlatforms) continue
    const isBought = kind === 'cpo' || (isPlatforms && kind === 'reseller')
    const ports = isPlatforms
      ? await portsBelow(tx, isBought ? tenant : buyer, month)
      : isBought
        ? await portsFor(tx, { tenant, seller, month })
        : await connectedPorts(tx, buyer.toLowerCase(), month)
    const other = isBought && isPlatforms ? 'platform' : isPlatforms || isBought ? 'reseller' : 'cpo'
    bills.push({ contract, side: isBought ? 'buyer' : 'seller', other, ports, fee: portFee(contract, ports) })
  }
  return bills
}

const portsBelow = async (tx: Transaction, reseller: string, month: string): Promise<number> =>
  (await billablePorts(tx, reseller.toLowerCase(), month)).reduce((sum, { ports }) => sum + ports, 0)

interface Bought {
  readonly tenant: string
  readonly seller: string
  readonly month: string
}

/** Those of a CPO that count for its reseller; all of them where that is no tenant of this installation. */
const portsFor = async (tx: Transaction, { tenant, seller, month }: Bought): Promise<number> => {
  const reseller = seller.toLowerCase()
  const [row] = await tx<{ ports: number }[]>`
    select count(*)::int as ports from ports_of(${tenant}, ${firstOf(month)}::text::date)
    where reseller = ${reseller} or kind_of_tenant(${reseller}) is distinct from 'reseller'`
  return row?.ports ?? 0
}

const contractsOf = async (tx: Transaction, tenant: string, month: string): Promise<readonly ResaleContract[]> => {
  const { from, until } = daysOf(month)
  const rows = await tx<{ content: ResaleContract }[]>`select content from (
      select distinct on (content ->> 'seller', subject) key, content from agreements
      where tenant = ${tenant} and kind = 'resale' and from_day < ${until}::text::date and until_day > ${from}::text::date
      order by content ->> 'seller', subject, from_day desc
    ) held order by key`
  return rows.map(({ content }) => content)
}
