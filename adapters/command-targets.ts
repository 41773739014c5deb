import type { ConnectorStatus } from '../core/domain/connector.ts'
import type { PartyCode } from '../core/domain/party-code.ts'
import type { PartnerRole } from '../core/domain/roaming-partner.ts'
import type { Evse } from '../core/domain/evse.ts'
import type { CommandTargets, Target } from '../core/ports/roaming-commands.ts'
import type { PublishedStore } from '../core/ports/roaming.ts'
import type { ChargePointView, Store } from '../core/ports/store.ts'
import type { Location } from '../core/roaming/model.ts'

interface Parts {
  readonly published: Pick<PublishedStore, 'find'>
  readonly rolesOf: (tenant: string) => Promise<readonly PartnerRole[]>
  readonly store: {
    readonly evses: Pick<Store['evses'], 'find'>
    readonly chargePoints: Pick<Store['chargePoints'], 'find'>
  }
}

/** Partners point at what they are shown and at nothing else: of which charge point that is, is ours to know. */
export const commandTargets = ({ published, rolesOf, store }: Parts): CommandTargets => {
  const located = async (
    { tenant, partner, id }: { readonly tenant: string; readonly partner: string; readonly id: string },
    owners: readonly PartyCode[],
  ): Promise<Location | undefined> => {
    for (const owner of owners) {
      const found = await published.find({ tenant, module: 'locations', owner, id }, partner)
      if (found !== undefined && !found.isRemoved) return found.body as unknown as Location
    }
    return undefined
  }
  const targetOf = async (tenant: string, shown: NonNullable<Location['evses']>[number]): Promise<Target> => {
    const evse = await store.evses.find(tenant, shown.uid)
    const plug = evse?.state === 'active' ? evse.plug : undefined
    const station = plug && (await store.chargePoints.find({ tenant, identity: plug.chargePoint }))
    return {
      uid: shown.uid,
      ...(plug !== undefined && { plug }),
      outlets: outletsOf(evse),
      isOnline: station?.online === true,
      status: statusOf(station, plug?.evse),
      needsConnector: shown.capabilities?.includes('START_SESSION_CONNECTOR_REQUIRED') === true,
    }
  }
  return {
    async of({ tenant, partner, id, owner }) {
      const roles = owner === undefined ? await rolesOf(tenant) : []
      const owners = owner === undefined ? roles.filter(({ role }) => role === 'CPO').map(({ code }) => code) : [owner]
      const location = await located({ tenant, partner, id }, owners)
      return location && Promise.all((location.evses ?? []).map((shown) => targetOf(tenant, shown)))
    },
  }
}

const outletsOf = (evse: Evse | undefined): Target['outlets'] => evse?.outlets ?? []

/** What is free only where all of its connectors are: a vehicle stands in front of it else. */
const statusOf = (station: ChargePointView | undefined, evse: number | undefined): ConnectorStatus => {
  const connectors = (station?.connectors ?? []).filter((one) => one.evse === evse)
  return connectors.find(({ status }) => status !== 'available')?.status ?? connectors[0]?.status ?? 'unknown'
}
