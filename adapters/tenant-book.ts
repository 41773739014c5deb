import { shownBrand } from '../core/domain/brand.ts'
import { resellerOn } from '../core/domain/tenant.ts'
import { dayIn } from '../core/domain/time-zone.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Log } from '../core/ports/log.ts'
import type { KnownTenant, ShownBrand, TenantBook } from '../core/ports/tenants.ts'
import type { Timers } from '../core/ports/timers.ts'

interface Parts {
  readonly load: () => Promise<readonly KnownTenant[]>
  /** That of the installation, by whose calendar CPOs move. */
  readonly zone: string
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  /** Hears of tenants that are closed, which were not when it was looked before. */
  readonly closed: (tenants: readonly string[]) => void
}

interface Known {
  readonly tenants: ReadonlyMap<string, KnownTenant>
  readonly hosts: ReadonlyMap<string, string>
}

export interface FollowingBook extends TenantBook {
  /** Somebody has changed a tenant, or may have: it is read again, and once more where that fails. */
  stale(): void
}

const againMs = 1_000

/** Read whole when it opens, and again whenever the change feed tells of a tenant: what is asked in between is memory. */
export const openTenantBook = async (parts: Parts): Promise<FollowingBook> => {
  let known = bookOf(await parts.load())
  let reading: Promise<void> | undefined
  let isStale = false

  const look = async (): Promise<void> => {
    const before = known
    known = bookOf(await parts.load())
    const closed = [...known.tenants.values()].filter(
      ({ tenant, closedAt }) => closedAt !== undefined && before.tenants.get(tenant)?.closedAt === undefined,
    )
    if (closed.length > 0) parts.closed(closed.map(({ tenant }) => tenant))
  }
  const read = async (): Promise<void> => {
    try {
      do {
        isStale = false
        await look()
      } while (isStale)
    } finally {
      reading = undefined
    }
  }
  const refresh = (): Promise<void> => {
    // what is being read may have begun before the commit that somebody has heard of
    if (reading !== undefined) isStale = true
    reading ??= read()
    return reading
  }
  const stale = (): void =>
    void refresh().catch((error: unknown) => {
      parts.log.warn('the tenants cannot be read', { reason: String(error) })
      parts.timers.after(againMs, stale)
    })
  const today = (): string => dayIn(parts.zone, parts.clock.now())
  const aboveOf = (tenant: KnownTenant): string | undefined => resellerOn(tenant, today())
  const mayEnter: TenantBook['mayEnter'] = (caller, wanted) => {
    if (caller.tenant === wanted) return true
    const cpo = known.tenants.get(wanted)
    return cpo !== undefined && aboveOf(cpo) === caller.tenant
  }
  const tenantAt: TenantBook['tenantAt'] = (host) => (host === undefined ? undefined : known.hosts.get(host))

  return {
    find: (tenant) => known.tenants.get(tenant),
    below(reseller) {
      const day = today()
      return [...known.tenants.values()].filter((tenant) => resellerOn(tenant, day) === reseller)
    },
    mayEnter,
    tenantAt,
    isServedAt(host, tenant) {
      const owner = tenantAt(host)
      return owner === undefined || mayEnter({ tenant: owner }, tenant)
    },
    brandOf(tenant) {
      const found = known.tenants.get(tenant)
      if (found === undefined) return undefined
      const above = known.tenants.get(aboveOf(found) ?? '')
      return shownOf(found, above)
    },
    refresh,
    stale,
  }
}

const bookOf = (tenants: readonly KnownTenant[]): Known => ({
  tenants: new Map(tenants.map((one) => [one.tenant, one])),
  hosts: new Map(tenants.flatMap(({ tenant, brand }) => Object.values(brand.hosts).map((host) => [host, tenant]))),
})

const shownOf = (own: KnownTenant, above: KnownTenant | undefined): ShownBrand => {
  const { logo, ...brand } = shownBrand(own.brand, above?.brand)
  const tenant = own.brand.logo === undefined ? above?.tenant : own.tenant
  return { ...brand, ...(logo !== undefined && tenant !== undefined && { logo: { ...logo, tenant } }) }
}
