import { retailPrice } from '../../core/settlement/retail.ts'
import { administrator, type TestServer } from './server.ts'
import { roamingPrice } from './settlement.ts'

/** Who they are with, by their paths in the API. */
export const agreeing = (name: string): Readonly<Record<string, object>> => ({
  [`parties/${name}-csr`]: { role: 'csr', name: 'Reseller' },
})

/** One contract of each kind by its path in the API, all of this name, beside the market of the same name. */
export const agreements = (name: string): Readonly<Record<string, object>> => ({
  [`site-contracts/${name}`]: {
    owner: name,
    subject: { kind: 'site', id: name },
    from: '2099-01-01',
    currency: 'EUR',
    sharePercent: '30',
  },
  [`resale-contracts/${name}`]: {
    seller: 'platform',
    buyer: `${name}-csr`,
    from: '2026-01-01',
    currency: 'EUR',
    tiers: [{ from: 1, perPort: '4.90' }],
  },
  [`roaming-prices/${name}`]: { from: '2026-01-01', currency: 'EUR', markupPercent: '8' },
})

/** A CDR of DE*CPO that its driver's EMP has a price for. */
export const pricedCdr = async ({ server, data }: Pick<TestServer, 'server' | 'data'>, id: string): Promise<void> => {
  const admin = administrator(server.target, data)
  const cost = { net: '5', tax: '0.95', currency: 'EUR', energyMwh: 10_000_000 }
  const retail = retailPrice(cost, roamingPrice({ markupPercent: '8' }))
  try {
    await admin`insert into retail_prices (tenant, country_code, party_id, id, partner, state, emp, day, retail, came_at, priced_at)
      values ('default', 'DE', 'CPO', ${id}, 'partner', 'priced', 'b', '2026-11-27', ${JSON.stringify(retail)}::text::jsonb, now(), now())`
  } finally {
    await admin.end({ timeout: 1 })
  }
}
