import type { DocumentContent } from '../../core/domain/document.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import { cdrObject } from '../../core/roaming/cdr-object.ts'
import { creditCdr } from '../../core/roaming/credit-cdr.ts'
import type { Mapped } from '../../core/roaming/mapped.ts'
import type { Cdr } from '../../core/roaming/model.ts'
import type { Transaction } from './connect.ts'
import { storedOf, type Stored } from './published-rows.ts'
import type { Draft, PublishedSource, Reading } from './published-source.ts'
import { markDirty } from './roaming-dirty.ts'
import { driversOf, type Roaming } from './roaming-driver.ts'
import { firstRegistration } from './roaming-partner-of.ts'
import { type OperatedSpot, spotsOf } from './roaming-spots.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { isUuid } from './store/paging.ts'
import { holdUnsaid } from './unsaid-cdrs.ts'

/**
 * Accounts of drivers of partners, from the documents that they were sealed in: keys are documents. Sealing marks them. What
 * is published of one never changes any more, whatever has become of its token, its place or its partner since.
 */
export const cdrsSource: PublishedSource = {
  module: 'cdrs',
  hears: [],
  dirtied: async () => [],
  kept: (had) => had,

  async keysAfter(tx, tenant, after, limit) {
    const rows = await tx<{ id: string }[]>`select d.id from documents d join cdrs c on c.id = d.cdr
      where d.tenant = ${tenant} and (${after} = '' or d.id > nullif(${after}, '')::uuid)
        and (d.sealed_at >= ${tx.unsafe(firstRegistration)} or exists (
          select from roaming_objects o where o.tenant = d.tenant and o.module = 'sessions' and o.source = c.session::text))
      order by d.id limit ${limit}`
    return rows.map(({ id }) => id)
  },

  async read(tx, tenant, keys, now) {
    const published = await storedOf(tx, tenant, 'cdrs', keys)
    const unpublished = keys.filter((key) => !published.has(key))
    const documents = await documentsOf(tx, tenant, unpublished)
    const originals = await originalsOf(tx, tenant, documents)
    const told = await toldOf(tx, tenant, documents)
    for (const one of told) if (one.content.kind === 'cdr') originals.set(one.id, mappedOf(one))
    const readings = new Map<string, Reading>([...published].map(([key, had]) => [key, { drafts: had.map(draftOf) }]))
    for (const one of told) readings.set(one.id, readingOf(one, originals.get(one.content.account.id), now))
    const waiting = told.flatMap(({ id, content }) => (isWaiting(readings.get(id)) ? [content.account.id] : []))
    await markDirty(tx, tenant, 'cdrs', waiting, now)
    await holdUnsaid(
      tx,
      told.flatMap(({ id, number, roaming: { partner } }) => {
        const reading = readings.get(id)
        return reading === undefined || 'drafts' in reading
          ? []
          : [{ tenant, target: partner, document: id, number, reasons: reading.impossible, at: now }]
      }),
    )
    return readings
  },
}

const draftOf = ({ owner, id, partner, body }: Stored): Draft => ({
  owner,
  id,
  body,
  ...(partner !== undefined && { partner }),
})

interface Sealed {
  readonly id: string
  readonly number: number
  readonly content: DocumentContent
}

const documentsOf = async (tx: Transaction, tenant: string, ids: readonly string[]): Promise<readonly Sealed[]> => {
  const rows = await tx<{ id: string; number: number; text: string }[]>`
    select id, number, convert_from(bytes, 'UTF8') as text from documents
    where tenant = ${tenant} and id = any(${ids.filter(isUuid)}::uuid[]) order by number`
  return rows.map(({ id, number, text }) => ({ id, number, content: JSON.parse(text) as DocumentContent }))
}

/** A document for a partner. */
interface Told extends Sealed {
  readonly roaming: Roaming
  readonly spot: OperatedSpot | undefined
  readonly tariffUpdatedAt: number | undefined
}

/** Those documents that are of drivers of partners, in their order. */
const toldOf = async (tx: Transaction, tenant: string, documents: readonly Sealed[]): Promise<readonly Told[]> => {
  const ids = [...new Set(documents.map(({ content }) => content.account.session))]
  const rows = await tx<SessionRow[]>`select ${tx.unsafe(sessionColumns)} from sessions s
    where s.tenant = ${tenant} and s.id = any(${ids}::uuid[])`
  const drivers = await driversOf(tx, tenant, rows.map(sessionOf))
  const its = documents.flatMap((one) => {
    const roaming = drivers.get(one.content.account.session)
    return roaming === undefined ? [] : [{ ...one, roaming }]
  })
  const asked = its.map(({ content: { account } }) => ({
    identity: account.chargePoint,
    evse: account.evse,
    connector: account.connector,
    at: account.startedAt,
  }))
  const [spots, updated] = await Promise.all([spotsOf(tx, tenant, asked), tariffsUpdated(tx, tenant, its)])
  return its.map((one, i) => ({ ...one, spot: spots[i], tariffUpdatedAt: updated[i] }))
}

/** When the versions of the tariffs were written, by which documents are priced. */
const tariffsUpdated = async (
  tx: Transaction,
  tenant: string,
  documents: readonly Sealed[],
): Promise<readonly (number | undefined)[]> => {
  const tariffs = documents.map(({ content }) => content.account.priced?.tariff)
  const rows = await tx<{ nth: number; at: number }[]>`select w.nth::int, ms(v.created_at) as at
    from unnest(${tariffs.map((tariff) => tariff?.id ?? null)}::text[], ${tariffs.map((tariff) => tariff?.version ?? null)}::int[]) with ordinality as w(id, version, nth)
    join tariff_versions v on v.tenant = ${tenant} and v.id = w.id and v.version = w.version`
  const found = new Map(rows.map(({ nth, at }) => [nth, at]))
  return documents.map((_, i) => found.get(i + 1))
}

const nowhere = 'its connector stands on no site, or nobody with a code operates that'

const mappedOf = ({ content, roaming, spot, tariffUpdatedAt }: Told): Mapped<Cdr> => {
  if (spot === undefined) return { impossible: [nowhere] }
  const { partner: _, ...how } = roaming
  const { code, meter, ...place } = spot
  return cdrObject(content, {
    ...how,
    code,
    spot: place,
    ...(meter !== undefined && { meter }),
    ...(tariffUpdatedAt !== undefined && { tariffUpdatedAt }),
  })
}

/** An account that a credit takes back; `unpublished`: it could be, and is not yet. */
type Original = (Mapped<Cdr> & { readonly draft?: Draft }) | 'unpublished'

/** What these credits take back, as it was published. */
const originalsOf = async (
  tx: Transaction,
  tenant: string,
  documents: readonly Sealed[],
): Promise<Map<string, Original>> => {
  const ids = documents.flatMap(({ content }) => (content.kind === 'credit' ? [content.account.id] : []))
  const stored = await storedOf(tx, tenant, 'cdrs', ids)
  const unpublished = await documentsOf(
    tx,
    tenant,
    ids.filter((id) => !stored.has(id)),
  )
  const originals = new Map<string, Original>()
  for (const [id, [had]] of stored)
    if (had !== undefined) originals.set(id, { object: had.body as unknown as Cdr, losses: [], draft: draftOf(had) })
  for (const one of await toldOf(tx, tenant, unpublished)) {
    const mapped = mappedOf(one)
    originals.set(one.id, 'impossible' in mapped ? mapped : 'unpublished')
  }
  return originals
}

const soonMs = 1_000
const isWaiting = (reading: Reading | undefined): boolean =>
  reading !== undefined && 'drafts' in reading && reading.again !== undefined

/** `original`: of a credit what it takes back, of an account itself. A credit waits until its account is published. */
const readingOf = (one: Told, original: Original | undefined, now: number): Reading => {
  if (original === undefined) return { drafts: [] }
  if (original === 'unpublished') return { drafts: [], again: now + soonMs }
  if ('impossible' in original) return original
  const { content, roaming, spot } = one
  const owner = original.draft?.owner ?? spot?.code
  if (owner === undefined) return { impossible: [nowhere] }
  const { object, losses } = original
  const sealedAt = parseInstant(content.sealedAt)?.ms ?? now
  const body = content.kind === 'credit' ? creditCdr(object, { id: one.id, sealedAt }) : object
  return {
    drafts: [{ owner, id: body.id, partner: original.draft?.partner ?? roaming.partner, body: { ...body } }],
    remarks: losses.map(({ pointer, detail }) => `${pointer}: ${detail}`),
  }
}
