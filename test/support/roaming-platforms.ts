import { Budget } from '../../actors/budget.ts'
import { createDigest } from '../../adapters/digest.ts'
import { success } from '../../adapters/roaming/ocpi/envelope.ts'
import { ocpiDesk } from '../../adapters/roaming/ocpi/desk.ts'
import type { OcpiParts } from '../../adapters/roaming/ocpi/parts.ts'
import { ocpiServer } from '../../adapters/roaming/ocpi/server.ts'
import { partnerAccess } from '../../adapters/postgres/roaming-access.ts'
import { createSealer } from '../../adapters/seal.ts'
import { systemIds, systemSecrets } from '../../adapters/system.ts'
import {
  type Endpoint,
  isRegistered,
  noQuirks,
  type Quirks,
  type RoamingPartner,
} from '../../core/domain/roaming-partner.ts'
import type {
  IssuedToken,
  PartnerDesk,
  Reached,
  RoamingPartnerStore,
  Wanted,
} from '../../core/ports/roaming-partners.ts'
import { TestClock } from './clock.ts'

/** Platforms that roam with each other in one process: what one sends, another one hears, without a socket between. */

export const operator = { key: 'k1', label: 'a test' }

/** Partners in memory; as strict about states and tokens as the one in PostgreSQL. */
export const memoryPartners = (): RoamingPartnerStore => {
  const partners = new Map<string, RoamingPartner>()
  let tokens: readonly (IssuedToken & { readonly tenant: string; readonly partner: string })[] = []
  const keyOf = (tenant: string, id: string): string => `${tenant}/${id}`
  return {
    async create(partner) {
      const key = keyOf(partner.tenant, partner.id)
      if ([...partners.keys()].some((other) => other.toLowerCase() === key.toLowerCase())) return false
      partners.set(key, partner)
      return true
    },
    find: async ({ tenant, partner }) => partners.get(keyOf(tenant, partner)),
    list: async () => ({ items: [...partners.values()], next: null }),
    async change({ tenant, partner: id }, decide) {
      const before = partners.get(keyOf(tenant, id))
      if (before === undefined) return 'missing'
      const change = decide(before)
      if (change === undefined) return 'senseless'
      const { partner, issues, arms, drops } = change
      partners.set(keyOf(tenant, id), partner)
      tokens = tokens
        .filter(
          (one) =>
            one.partner !== id ||
            one.tenant !== tenant ||
            (drops !== 'all' &&
              (drops !== 'invitations' || one.use !== 'invitation') &&
              (typeof drops !== 'object' || one.hash !== drops.hash)),
        )
        .map((one) => (one.hash === arms ? { ...one, retires: true } : one))
      if (issues !== undefined) tokens = [...tokens, { ...issues, tenant, partner: id }]
      return partner
    },
    remove: async ({ tenant, partner }) => partners.delete(keyOf(tenant, partner)),
    due: async (exchangedBefore, triedBefore) =>
      [...partners.values()]
        .filter((one) => isRegistered(one) && (one.exchangedAt ?? 0) < exchangedBefore && one.since < triedBefore)
        .map(({ tenant, id: partner }) => ({ tenant, partner })),
    hubs: async () =>
      [...partners.values()]
        .filter((one) => isRegistered(one) && one.hub !== undefined)
        .map(({ tenant, id: partner }) => ({ tenant, partner })),
    async holder(tenant, hash) {
      const found = tokens.find((one) => one.tenant === tenant && one.hash === hash)
      const partner = found && partners.get(keyOf(tenant, found.partner))
      return found && partner && { partner, issued: { hash, use: found.use, retires: found.retires } }
    },
    async shown(tenant, hash) {
      const place = tokens.findIndex((one) => one.tenant === tenant && one.hash === hash && one.retires)
      const shown = tokens[place]
      if (shown === undefined) return
      tokens = tokens
        .filter((one, at) => one.partner !== shown.partner || one.tenant !== tenant || at >= place)
        .map((one) => (one.hash === hash ? { ...one, retires: false } : one))
    },
  }
}

/** What stands between those who ask and those who answer; by default nothing. */
export type Meddle = (wanted: Wanted, forward: () => Promise<Reached>) => Promise<Reached>

export interface Network {
  readonly hosts: Map<string, (request: Request, address: string) => Promise<Response>>
  /** Everything that was asked, in its order. */
  readonly asked: string[]
  meddle: Meddle
}

export const network = (): Network => ({ hosts: new Map(), asked: [], meddle: (_, forward) => forward() })

export interface Platform {
  readonly parts: OcpiParts
  readonly desk: PartnerDesk
  readonly url: string
  readonly log: string[]
  readonly clock: TestClock
  /** How often it has looked into its store for whose token something is. */
  looks(): number
  /** Knows the other one by this id, and what it does otherwise. */
  knows(id: string, quirks?: Partial<Quirks>): Promise<void>
  partner(id: string): Promise<RoamingPartner>
  /** What it shows to a partner. */
  tokenFor(id: string): Promise<string>
}

interface Given {
  readonly host: string
  readonly role: 'CPO' | 'EMSP'
  /** Absent = what a platform of this role has. */
  readonly modules?: readonly Pick<Endpoint, 'module' | 'role'>[]
}

const usual = {
  CPO: [{ module: 'locations', role: 'SENDER' }],
  EMSP: [{ module: 'tokens', role: 'SENDER' }],
} as const

export const platform = (net: Network, { host, role, modules = usual[role] }: Given): Platform => {
  const log: string[] = []
  const note =
    (level: string) =>
    (message: string, attributes?: object): void =>
      void log.push(`${level} ${message} ${JSON.stringify(attributes)}`)
  const kept = memoryPartners()
  let looks = 0
  const partners: RoamingPartnerStore = {
    ...kept,
    holder(tenant, hash) {
      looks++
      return kept.holder(tenant, hash)
    },
  }
  const clock = new TestClock()
  const pepper = new TextEncoder().encode(host.padEnd(32, '.'))
  const parts: OcpiParts = {
    partners,
    access: partnerAccess(partners),
    reach: (wanted) => {
      net.asked.push(`${wanted.method} ${wanted.url}`)
      return net.meddle(wanted, () => forwarded(net, wanted))
    },
    namedHosts: [],
    rolesOf: async () => [{ role, code: { country: 'DE', party: host.slice(0, 3).toUpperCase() }, name: host }],
    publicUrl: () => `https://${host}`,
    modules: modules.map((one) => ({
      ...one,
      as: role,
      answer: async ({ partner }) => success({ youAre: partner.id }),
    })),
    ledger: { note() {} },
    failures: new Budget(clock, 60),
    requests: new Budget(clock, 600),
    sealer: createSealer(pepper),
    secrets: systemSecrets,
    digest: createDigest(pepper),
    clock,
    ids: systemIds,
    log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
  }
  net.hosts.set(host, ocpiServer(parts))
  const found = async (id: string): Promise<RoamingPartner> => {
    const partner = await partners.find({ tenant: 'default', partner: id })
    if (partner === undefined) throw new Error(`${host} does not know ${id}`)
    return partner
  }
  return {
    parts,
    desk: ocpiDesk(parts),
    url: `https://${host}/ocpi/default/versions`,
    log,
    clock,
    looks: () => looks,
    async knows(id, quirks = {}) {
      const now = clock.now()
      await partners.create(
        {
          tenant: 'default',
          id,
          state: 'known',
          since: now,
          roles: [],
          endpoints: [],
          quirks: { ...noQuirks, ...quirks },
          checks: [],
          changedAt: now,
        },
        { at: now, by: operator },
      )
    },
    partner: found,
    tokenFor: async (id) => parts.sealer.open((await found(id)).token ?? ''),
  }
}

const forwarded = async ({ hosts }: Network, { method, url, headers, body }: Wanted): Promise<Reached> => {
  const host = hosts.get(new URL(url).hostname)
  if (host === undefined) return { type: 'unreached', reason: 'nobody is there' }
  const answer = await host(
    new Request(url, { method, headers, ...(body && { body: Buffer.from(body) }) }),
    '192.0.2.1',
  )
  return { type: 'answered', status: answer.status, text: await answer.text(), isWhole: true }
}

/** One request as a partner's program makes it, with whatever header it likes. */
export const said = async (
  { hosts }: Network,
  url: string,
  { method = 'GET', authorization, body }: { method?: string; authorization?: string; body?: unknown } = {},
): Promise<{ readonly http: number; readonly code: unknown; readonly data: unknown; readonly headers: Headers }> => {
  const host = hosts.get(new URL(url).hostname)
  if (host === undefined) throw new Error(`nobody is at ${url}`)
  const answer = await host(
    new Request(url, {
      method,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
    '192.0.2.2',
  )
  const envelope = (await answer.json()) as Readonly<Record<string, unknown>>
  return { http: answer.status, code: envelope['status_code'], data: envelope['data'], headers: answer.headers }
}
