import { isRegistered } from '../../../core/domain/roaming-partner.ts'
import type { PartnerRef } from '../../../core/ports/roaming-partners.ts'
import type { Timers } from '../../../core/ports/timers.ts'
import { sendCdrs } from './cdrs.ts'
import { pushEvseData } from './evse-data.ts'
import { pushEvseStatus } from './evse-status.ts'
import { inLane } from './lane.ts'
import { notify } from './notifications.ts'
import { hubOf, type OicpParts } from './parts.ts'
import { survey } from './survey.ts'

/** A CDR is to be at the hub about a second after its session was closed. */
const everyMs = 500

export interface OicpRunner {
  /** Everything that is due for one hub; what is under way already is not begun again. */
  work(ref: PartnerRef): Promise<void>
  start(): void
  stop(): Promise<void>
}

/** Looks after the hubs: one that is slow or dead holds nobody else up. */
export const oicpRunner = (parts: OicpParts, timers: Timers): OicpRunner => {
  const by = parts.ids.uuid()
  const underWay = new Map<string, Promise<void>>()
  let isStopped = false
  let cancel = (): void => {}

  const workOn = async (ref: PartnerRef): Promise<void> => {
    const partner = await parts.partners.find(ref)
    const hub = hubOf(partner)
    if (hub === undefined || !isRegistered(hub.partner)) return
    await inLane(parts, { hub, lane: 'survey', by }, async () => {
      await survey(parts, hub)
      return { type: 'done' }
    })
    // different operations may be under way together, those of one never
    await Promise.all([
      pushEvseData(parts, hub, by).then(() => pushEvseStatus(parts, hub, by)),
      sendCdrs(parts, hub, by),
      notify(parts, hub, by),
    ])
  }

  const work = (ref: PartnerRef): Promise<void> => {
    const key = `${ref.tenant}/${ref.partner}`
    const known = underWay.get(key)
    if (known !== undefined) return known
    const working = workOn(ref)
      .catch((error: unknown) =>
        parts.log.warn('a hub could not be looked after', { partner: ref.partner, reason: String(error) }),
      )
      .finally(() => underWay.delete(key))
    underWay.set(key, working)
    return working
  }

  const round = async (): Promise<void> => {
    try {
      for (const ref of await parts.store.hubs()) void work(ref)
    } catch (error) {
      parts.log.warn('hubs cannot be looked for', { reason: String(error) })
    }
    if (!isStopped) cancel = timers.after(everyMs, () => void round())
  }

  return {
    work,
    start: () => void round(),
    async stop() {
      isStopped = true
      cancel()
      await Promise.all(underWay.values())
    },
  }
}
