import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Grant } from '../../core/domain/access.ts'
import type { ChargingOf } from '../../core/ports/charging.ts'
import type { Authority } from '../../core/ports/authority.ts'
import type { BooksDesk } from '../../core/ports/books.ts'
import type { Bus } from '../../core/ports/bus.ts'
import type { CampaignDesk } from '../../core/ports/campaigns.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Commander } from '../../core/ports/commander.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Tickets } from '../../core/ports/files.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Log } from '../../core/ports/log.ts'
import type { ReceivedStore } from '../../core/ports/roaming.ts'
import type { ChoreStore } from '../../core/ports/roaming-chores.ts'
import type { RoamingReports } from '../../core/ports/roaming-reports.ts'
import type { AskDesk } from '../../core/ports/roaming-commands.ts'
import type { PartnerDesk } from '../../core/ports/roaming-partners.ts'
import type { SimDesk } from '../../core/ports/sims.ts'
import type { Sealer } from '../../core/ports/sealer.ts'
import type { Sights } from '../../core/ports/sights.ts'
import type { StatementPrinter } from '../../core/ports/statement-printer.ts'
import type { Store } from '../../core/ports/store.ts'
import type { TenantBook } from '../../core/ports/tenants.ts'

export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
}

/** What the API stands on. */
export interface ApiParts {
  /** What is read and written here is so under the sight of whoever asks. */
  readonly store: Store
  readonly sights: Sights
  /** Whether the key of a reseller may enter this other tenant now; not at all where nobody says so. */
  readonly mayEnter?: MayEnter
  readonly commander: Commander
  readonly campaigns: CampaignDesk
  readonly books: BooksDesk
  readonly partners: PartnerDesk
  /** What was exchanged with partners, and what is done about them. */
  readonly roaming: {
    readonly received: Pick<ReceivedStore, 'list' | 'find'>
    readonly reports: RoamingReports
    readonly chores: Pick<ChoreStore, 'list' | 'want'>
  }
  readonly asks: AskDesk
  readonly tenantBook: TenantBook
  /** Whether an address may speak for others (X-Forwarded-Host). */
  readonly trusts: (address: string) => boolean
  readonly sims: SimDesk
  readonly digest: Digest
  readonly sealer: Sealer
  readonly authority: Authority
  readonly tickets: Tickets
  /** The largest file that is taken, in bytes. */
  readonly mostFileBytes: number
  readonly clock: Clock
  readonly ids: Ids
  readonly bus: Bus
  readonly log: Log
  /** Cryptographic chance. */
  readonly randomBytes: (n: number) => Uint8Array
  readonly randomInteger: (least: number, most: number) => number
  readonly readiness: () => Readiness
  /** What is known of a station's charging, to compute what it may draw. */
  readonly chargingOf: ChargingOf
  /** The console's files by path, `/app.js`. */
  readonly pages: ReadonlyMap<string, { readonly type: string; readonly body: string }>
  readonly printStatement: StatementPrinter
  readonly secure: boolean
}

/** Who has signed in: the tenant whose rows are seen, and the key. */
export interface SignedIn {
  readonly tenant: string
  readonly key: string
  readonly platform: boolean
  /** The reseller whose key it is, where that speaks for a CPO below it. */
  readonly home?: string
}

/** Who asks, and with what right. */
export interface Caller extends SignedIn, Grant {
  readonly label: string
  /** The reseller by whose key this one was made. */
  readonly through?: string
}

export type MayEnter = (reseller: { readonly tenant: string; readonly key: string }, wanted: string) => Promise<boolean>

export interface ApiEnv {
  Variables: {
    caller: Caller
    /** Does something under the sight of the caller. */
    within: <Result>(work: () => Result) => Result
    /** Whether the key still counts, for an answer that takes long. */
    alive: () => Promise<boolean>
    peer: string
  }
  Bindings: { peer: string }
}

export type Api = OpenAPIHono<ApiEnv>
