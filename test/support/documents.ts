import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { type DocumentContent, type SealedDocument } from '../../core/domain/document.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { type Priced, usualRounding } from '../../core/pricing/priced.ts'

/** Sealed documents as the books have them, and their rows in a database that knows nothing of sealing. */

const noon = Date.UTC(2026, 10, 24, 12)
const hour = 3_600_000

/** The id of a thing by its kind and number: the same in every run. */
const idOf = (kind: number, number: number, tenant: string): string => {
  const home = createHash('sha256').update(tenant).digest('hex').slice(0, 12)
  return `0193${String(kind).padStart(4, '0')}-${String(number).padStart(4, '0')}-7000-8000-${home}`
}

/** 12.345 kWh at 0.49 with 19 per cent on top: 6.05 net, 7.20 gross. */
export const samplePriced: Priced = {
  tariff: {
    id: 'standard',
    version: 1,
    currency: 'EUR',
    taxIncluded: 'NO',
    elements: [{ components: [{ dimension: 'ENERGY', price: '0.49', vat: '19', stepSize: 1 }] }],
  },
  zone: 'Europe/Berlin',
  rounding: usualRounding,
  periods: [
    {
      kind: 'charging',
      from: noon,
      until: noon + hour,
      energyMwh: 12_345_000,
      prices: [{ dimension: 'ENERGY', element: 0, component: 0 }],
    },
  ],
  lines: [
    {
      kind: 'energy',
      component: { dimension: 'ENERGY', element: 0, component: 0 },
      price: '0.49',
      volume: 12_345_000,
      billed: 12_345_000,
      vat: '19',
      net: '6.0491',
      tax: '1.1493',
      gross: '7.1984',
    },
    { kind: 'rounding', net: '0.0009', tax: '0.0007', gross: '0.0016' },
  ],
  total: { net: '6.05', tax: '1.15', gross: '7.20' },
}

export interface DocumentOptions {
  readonly tenant?: string
  /** It takes back the CDR of this number. */
  readonly creditOf?: number
  readonly account?: Partial<DocumentContent['account']>
}

/** A document under its number: a CDR of one session, or the credit of an earlier one. Equal arguments give equal bytes. */
export const sampleDocument = (
  number: number,
  { tenant = 'default', creditOf, account = {} }: DocumentOptions = {},
): SealedDocument => {
  const cdr = idOf(1, creditOf ?? number, tenant)
  const id = creditOf === undefined ? cdr : idOf(2, number, tenant)
  const kind = creditOf === undefined ? 'cdr' : 'credit'
  const sealedAt = noon + 2 * hour + number * 1_000
  const content: DocumentContent = {
    format: 'stationmaster-document-1',
    id,
    tenant,
    kind,
    number,
    sealedAt: formatInstant(sealedAt),
    account: {
      id: cdr,
      tenant,
      version: 0,
      session: idOf(3, creditOf ?? number, tenant),
      chargePoint: 'CP-1',
      evse: 1,
      connector: 1,
      token: 'CARD1',
      startedAt: noon,
      endedAt: noon + hour,
      energyMwh: 12_345_000,
      durationMs: hour,
      stopReason: 'Local',
      notes: [],
      priced: samplePriced,
      ...account,
    },
    ...(creditOf !== undefined && {
      credit: { reason: 'the session was longer', total: { net: '-6.05', tax: '-1.15', gross: '-7.20' } },
    }),
    signed: [],
  }
  const bytes = new TextEncoder().encode(JSON.stringify(content))
  return { id, tenant, kind, number, cdr, bytes, digest: createHash('sha256').update(bytes).digest('hex'), sealedAt }
}

/**
 * Stores documents with the session and the CDR behind each, as a superuser; to `targets` as sealing does it: a delivery
 * and its outbox row in the same commit.
 */
export const insertDocuments = (
  admin: postgres.Sql,
  documents: readonly SealedDocument[],
  targets: readonly string[] = [],
): Promise<unknown> =>
  admin.begin(async (tx) => {
    for (const { tenant, number, id, kind, cdr, bytes, digest, sealedAt } of documents) {
      const { account } = JSON.parse(new TextDecoder().decode(bytes)) as DocumentContent
      const [started, ended] = [formatInstant(account.startedAt), formatInstant(account.endedAt)]
      await tx`insert into sessions (id, tenant, identity, day, start_key, evse, connector, state, version)
        values (${account.session}, ${tenant}, ${account.chargePoint}, ${started.slice(0, 10)}, ${account.session},
          ${account.evse}, ${account.connector}, 'closed', 1) on conflict do nothing`
      await tx`insert into cdrs (id, tenant, version, session, identity, evse, connector, started_at, ended_at,
          energy_mwh, duration_ms, stop_reason, state)
        values (${cdr}, ${tenant}, 0, ${account.session}, ${account.chargePoint}, ${account.evse}, ${account.connector},
          ${started}, ${ended}, ${account.energyMwh}, ${account.durationMs}, ${account.stopReason}, 'issued')
        on conflict do nothing`
      if (kind === 'credit')
        await tx`insert into credits (id, tenant, cdr, reason, created_at)
          values (${id}, ${tenant}, ${cdr}, 'the session was longer', ${formatInstant(sealedAt)}) on conflict do nothing`
      await tx`insert into documents (tenant, number, id, kind, cdr, bytes, digest, sealed_at)
        values (${tenant}, ${number}, ${id}, ${kind}, ${cdr}, ${Buffer.from(bytes)}, ${Buffer.from(digest, 'hex')},
          ${formatInstant(sealedAt)})`
      // it has its seal: nobody is to give it another
      await tx`delete from unsealed where tenant = ${tenant} and id in (${id}, ${cdr})`
      for (const target of targets) {
        await tx`insert into erp_deliveries (tenant, target, document, number) values (${tenant}, ${target}, ${id}, ${number})`
        await tx`insert into outbox (tenant, kind, key) values (${tenant}, 'erp', ${`${target}/${id}`})`
      }
    }
  })
