import type { Brand, Colours, Hosts, Logo, LogoType } from '../domain/brand.ts'
import type { Parent, Tenant, TenantKind } from '../domain/tenant.ts'
import type { HolderKind } from '../settlement/account.ts'
import type { PortFee, Side } from '../settlement/fees.ts'
import type { ResaleContract } from '../settlement/terms.ts'
import type { Act, Put } from './market.ts'
import type { Page, PageRequest } from './store.ts'

/** All tenants, and who is below whom: what the platform keeps of them. What a tenant says of itself is in `TenantStore`. */
export interface TenantRegister {
  /** By their names; of those below one reseller on a day where it is given. */
  list(filter: { readonly below?: string; readonly day?: string }, page: PageRequest): Promise<Page<Tenant>>
  find(tenant: string): Promise<Tenant | undefined>
  /** Makes a tenant, or changes it. It is never removed: what was billed has been billed by somebody. */
  put(tenant: string, wanted: TenantPut, act: Act): Promise<Put<Tenant>>
  /** One entry of whom it is below, by its first day. */
  putParent(tenant: string, parent: Parent, act: Act): Promise<Put<Tenant> | 'missing'>
  /** One that has not begun. */
  removeParent(tenant: string, from: string | undefined, act: Act): Promise<'removed' | 'missing' | 'begun'>
  /** On a day to another reseller, or to none, in one commit. */
  move(
    tenant: string,
    to: { readonly reseller?: string; readonly day: string },
    act: Act,
  ): Promise<Put<Tenant> | 'missing'>
  /** The day that it is by the calendar of the installation, `2026-11-27`. */
  dayAt(at: number): Promise<string>
}

export interface TenantPut {
  readonly name: string
  readonly kind: TenantKind
  /** Of a new one: whom it is below from today on; of one that is there: whom it is below today, as it is. */
  readonly parent?: string
  readonly isClosed: boolean
}

/** What tenants say of how they are shown. */
export interface BrandStore {
  /** Its own; without anything where it has said nothing. */
  find(tenant: string): Promise<Brand>
  /** Name, colours and hosts, all of them; the logo stays. A host of another tenant is refused. */
  put(
    tenant: string,
    wanted: { readonly name?: string; readonly colours?: Colours; readonly hosts: Hosts },
    act: Act,
  ): Promise<Put<Brand>>
  /** All but its hosts. */
  remove(tenant: string, act: Act): Promise<boolean>
  logo(
    tenant: string,
  ): Promise<{ readonly type: LogoType; readonly bytes: Uint8Array; readonly digest: string } | undefined>
  /** `undefined` takes it away; answers whether there is any change. */
  putLogo(
    tenant: string,
    logo: { readonly type: LogoType; readonly bytes: Uint8Array } | undefined,
    act: Act,
  ): Promise<boolean>
}

/** A tenant and its brand, as they are kept in memory. */
export interface KnownTenant extends Tenant {
  readonly brand: Brand
}

/**
 * Which tenants there are, who is below whom today, and whose a host name is: from memory, for whoever must know it before
 * each request and each socket. It follows what is committed within two seconds, whoever committed it.
 */
export interface TenantBook {
  find(tenant: string): KnownTenant | undefined
  /** The CPOs that are below a reseller today. */
  below(reseller: string): readonly KnownTenant[]
  /** Whether a key of one tenant may speak for another: a reseller's for the CPOs below it today. */
  mayEnter(caller: { readonly tenant: string }, wanted: string): boolean
  /** Whose a host name is; undefined = nobody's, so that of the installation. */
  tenantAt(host: string | undefined): string | undefined
  /** Whether a tenant is served at a host name: at a tenant's it alone, and those below it today. */
  isServedAt(host: string | undefined, tenant: string): boolean
  /** What is shown of a tenant: its own, and of the reseller that it is below today what it says nothing about. */
  brandOf(tenant: string): ShownBrand | undefined
  /** Reads what has been committed until now. */
  refresh(): Promise<void>
}

export interface ShownBrand {
  readonly name?: string
  readonly colours?: Colours
  /** And the tenant that it is of. */
  readonly logo?: Logo & { readonly tenant: string }
}

/** What whoever lets charge points in knows of tenants. */
export interface TenantDoor extends Pick<TenantBook, 'tenantAt'> {
  isClosed(tenant: string): boolean
}

/** Ports and figures of those below a reseller. */
export interface ResaleStore {
  /** For how many ports each CPO counts in a month (`2026-11`) for this reseller. */
  counts(reseller: string, month: string): Promise<readonly PortCount[]>
  /** What the contracts that this tenant's books have make of them. */
  bills(tenant: string, month: string): Promise<readonly PortBill[]>
  /** Port by port. */
  ports(reseller: string, month: string, page: PageRequest): Promise<Page<CountedPort>>
  /** How it stands with a tenant now. */
  figures(tenant: string, since: number): Promise<Figures>
}

export interface PortCount {
  readonly cpo: string
  readonly ports: number
}

/** What a contract of resale makes of a month's ports, in the books of one of its sides. */
export interface PortBill {
  readonly contract: ResaleContract
  /** Which one this tenant is, and what the other is to it: what `postingsOfPortFee` asks for. */
  readonly side: Side
  readonly other: HolderKind
  readonly ports: number
  readonly fee: PortFee
}

/** An EVSE that was connected in a month, and on which of its days. */
export interface CountedPort {
  readonly cpo: string
  readonly chargePoint: string
  readonly evse: number
  /** Of the month, from 1. */
  readonly days: readonly number[]
}

export interface Figures {
  readonly chargePoints: number
  readonly online: number
  readonly openSessions: number
  /** Of CDRs that were written since. */
  readonly energyMwh: number
}
