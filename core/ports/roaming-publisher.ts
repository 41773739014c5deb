import type { RoamingModule } from './roaming.ts'

/** What one turn has found out. */
export interface Collected {
  /** Keys of which something may have changed. */
  readonly dirty: number
  /** There are more events than one turn reads. */
  readonly isMore: boolean
  /** Nobody has a partner: there is nothing to be in a hurry for. */
  readonly isIdle: boolean
}

export interface Publication {
  /** How many objects of each module partners now find otherwise. */
  readonly changed: ReadonlyMap<RoamingModule, number>
  /** How many keys were looked at. */
  readonly keys: number
  readonly isMore: boolean
}

/**
 * Brings what partners find up to what there is. Any number of processes may do it at once: events are collected by one at
 * a time, and the objects of a tenant written by one at a time. Implementation: adapters/postgres/roaming-publisher.ts.
 */
export interface RoamingPublisher {
  /** Reads events from where the last turn has ended, and keeps what may have changed. */
  collect(now: number): Promise<Collected>
  /** One page of those tenants that are looked at as a whole; answers whether there is more of it. */
  sweep(now: number): Promise<boolean>
  /** Tenants of which something is due. */
  due(now: number): Promise<readonly string[]>
  /** In one commit; nothing where another process is at it. */
  publish(tenant: string, now: number): Promise<Publication>
}
