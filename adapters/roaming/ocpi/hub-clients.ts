import { type HubClient, withClients } from '../../../core/domain/hub-client.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { CallModule } from '../../../core/ports/roaming.ts'
import type { RoamingPartnerStore } from '../../../core/ports/roaming-partners.ts'
import type { Timers } from '../../../core/ports/timers.ts'
import { fromWire } from '../../../core/roaming/wire.ts'
import { crawl } from './crawl.ts'
import { exchangeOf } from './exchange-of.ts'
import { clientOf } from './modules/hubclientinfo-receiver.ts'
import type { OcpiParts } from './parts.ts'

interface Parts extends Pick<OcpiParts, 'clock' | 'log' | 'access'> {
  readonly partners: Pick<RoamingPartnerStore, 'find' | 'hubs' | 'change'>
  readonly call: CallModule
  readonly timers: Timers
}

/**
 * Asks every hub for all of its parties: what it has told in between may have been lost. Answers how many hubs that were.
 * A list that was not read to its end changes nothing.
 */
export const pullClients = async (parts: Parts): Promise<number> => {
  let pulled = 0
  for (const ref of await parts.partners.hubs()) {
    const hub = await parts.partners.find(ref)
    const clients = hub && (await clientsOf(parts, hub))
    if (clients === undefined) continue
    await parts.partners.change(
      ref,
      (before) => ({ partner: { ...before, roles: withClients(before.roles, clients) } }),
      {
        at: parts.clock.now(),
      },
    )
    pulled++
  }
  if (pulled > 0) parts.access.forget()
  return pulled
}

const clientsOf = async (parts: Parts, hub: RoamingPartner): Promise<readonly HubClient[] | undefined> => {
  const clients: HubClient[] = []
  for await (const step of crawl(parts, hub, { module: 'hubclientinfo' })) {
    if (step.type === 'page')
      for (const item of step.items) {
        const { object } = fromWire(item, exchangeOf(hub, 'clientInfo'))
        if (object !== undefined) clients.push(clientOf(object))
      }
    else if (step.outcome !== 'whole') {
      if (step.outcome !== 'absent')
        parts.log.warn('the parties of a hub could not be read', { partner: hub.id, reason: step.reason })
      return undefined
    }
  }
  return clients
}
