import type { HubProcess, OicpStore } from '../../../core/ports/oicp.ts'
import type { PublishedObject, RoamingModule } from '../../../core/ports/roaming.ts'
import type { PartnerRef } from '../../../core/ports/roaming-partners.ts'
import type { Cdr, Location, Session } from '../../../core/roaming/model.ts'
import { chargeDetailRecord, implausible } from '../../../core/roaming/oicp/charge-detail-record.ts'
import { evsesOf } from '../../../core/roaming/oicp/evse-data-record.ts'
import type { Hub, OicpParts } from './parts.ts'

type Parts = Pick<OicpParts, 'store' | 'published' | 'clock' | 'log'>

/** So many objects at once; a location may have many EVSEs. */
const page = 100

/**
 * Takes what we have published since: into what the hub is to be told, in its own words. Cursor and rows are one commit, so
 * that nothing is skipped and nothing is lost, whenever a process dies.
 */
export const survey = async (parts: Parts, hub: Hub): Promise<void> => {
  const ref = { tenant: hub.partner.tenant, partner: hub.partner.id }
  const from = await parts.store.cursors(ref)
  await each(parts, ref, { module: 'locations', revision: from.locations }, (objects, revision) =>
    takeLocations(parts, hub, objects, revision),
  )
  await each(parts, ref, { module: 'sessions', revision: from.sessions }, (objects, revision) =>
    takeSessions(parts, ref, objects, revision),
  )
  await each(parts, ref, { module: 'cdrs', revision: from.cdrs }, (objects, revision) =>
    takeCdrs(parts, ref, objects, revision),
  )
}

const each = async (
  { published }: Parts,
  { tenant, partner }: PartnerRef,
  start: { readonly module: RoamingModule; readonly revision: number },
  take: (objects: readonly PublishedObject[], revision: number) => Promise<void>,
): Promise<void> => {
  let { revision } = start
  for (;;) {
    const objects = await published.since(tenant, start.module, { partner, revision, limit: page })
    const last = objects.at(-1)
    if (last === undefined) return
    revision = last.revision
    await take(objects, revision)
    if (objects.length < page) return
  }
}

const takeLocations = async (
  { store, log }: Parts,
  { partner, settings }: Hub,
  objects: readonly PublishedObject[],
  revision: number,
): Promise<void> => {
  const taken = objects.map(({ owner, id, isRemoved, body }) => {
    const location = `${owner.country}*${owner.party}/${id}`
    if (isRemoved) return { location, evses: [] }
    const { evses, losses } = evsesOf(body as unknown as Location, settings)
    if (losses.length > 0)
      log.info('a hub is told less of a location than there is', {
        partner: partner.id,
        location,
        losses: losses.map(({ pointer, rule, detail }) => `${pointer} ${rule}: ${detail}`).join('; '),
      })
    return { location, evses }
  })
  await store.takeLocations({ tenant: partner.tenant, partner: partner.id }, revision, taken)
}

const takeSessions = async (
  { store, clock }: Parts,
  ref: PartnerRef,
  objects: readonly PublishedObject[],
  revision: number,
): Promise<void> => {
  const known: { hubSession: string; session: Session }[] = []
  for (const { isRemoved, body } of objects) {
    const session = body as unknown as Session
    const process = isRemoved ? undefined : await processOf(store, ref, session)
    if (process !== undefined && process.kind !== 'reservation') known.push({ hubSession: process.session, session })
  }
  await store.takeSessions(ref, revision, known, clock.now())
}

type Taken = Parameters<OicpStore['takeCdrs']>[2][number]

const takeCdrs = async (
  { store, clock, log }: Parts,
  ref: PartnerRef,
  objects: readonly PublishedObject[],
  revision: number,
): Promise<void> => {
  const now = clock.now()
  const taken: Taken[] = []
  for (const { id, isRemoved, body } of objects) {
    if (isRemoved) continue
    const cdr = body as unknown as Cdr
    const made = chargeDetailRecord(cdr, await processOf(store, ref, cdr))
    const faults = 'impossible' in made ? made.impossible : implausible(made.record, now)
    if (faults.length > 0)
      log.warn('a hub is not sent a CDR', { partner: ref.partner, cdr: id, reason: faults.join('; ') })
    taken.push({
      id,
      state: faults.length > 0 ? 'kept' : 'waiting',
      ...('record' in made && { record: made.record, session: made.record.SessionID }),
      ...(faults.length > 0 && { reason: faults.join('; ') }),
    })
  }
  await store.takeCdrs(ref, revision, taken, now)
}

/** The hub's name for a process is the reference with which the session was let in, by a card or by an order. */
const processOf = async (
  store: Pick<OicpStore, 'process'>,
  ref: PartnerRef,
  { authorization_reference: reference }: Pick<Session, 'authorization_reference'>,
): Promise<HubProcess | undefined> => (reference === undefined ? undefined : store.process(ref, reference))
