import type { ChargePointRef, Registration } from '../../core/domain/charge-point.ts'
import type { ChargePointRecord, Credentials } from '../../core/ports/credentials.ts'
import { batched } from './batched.ts'
import type { Sql } from './connect.ts'
import { ReadThrough } from './read-through.ts'

interface Row {
  readonly place: number
  readonly tenant: string
  readonly identity: string
  readonly salt: Buffer | null
  readonly hash: Buffer | null
  readonly registration: Registration
  readonly blocked: boolean
  readonly traced: boolean
}

export interface CachedCredentials extends Credentials {
  forget(tenant: string, identity: string): void
  forgetAll(): void
}

/** Who may connect, from memory after the first look; epochs from one batched statement. */
export const postgresCredentials = (sql: Sql): CachedCredentials => {
  const load = batched<string, ChargePointRecord>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key) as [string, string])
    const rows = await sql<Row[]>`
      select w.place::int, p.tenant, p.identity, p.salt, p.hash, p.registration, p.blocked, p.traced
      from unnest(${wanted.map(([tenant]) => tenant)}::text[], ${wanted.map(([, identity]) => identity)}::text[]) with ordinality as w(tenant, identity, place)
      join charge_points p on p.tenant = w.tenant and lower(p.identity) = w.identity`
    const found: (ChargePointRecord | undefined)[] = keys.map(() => undefined)
    for (const { place, salt, hash, ...record } of rows)
      // without a password nobody is let in (D-15): such a row is as good as none
      if (salt !== null && hash !== null) found[place - 1] = { ...record, verifier: { salt, hash } }
    return found
  })
  const cache = new ReadThrough<ChargePointRecord>(load)
  const epochs = batched<ChargePointRef, number>(async (refs) => {
    // two sockets of one charge point in one batch get one epoch more each: the statement may touch a row only once
    const counts = new Map<string, { readonly ref: ChargePointRef; count: number }>()
    for (const ref of refs) {
      const entry = counts.get(JSON.stringify(ref)) ?? { ref, count: 0 }
      entry.count++
      counts.set(JSON.stringify(ref), entry)
    }
    const wanted = [...counts.values()].sort((a, b) => (JSON.stringify(a.ref) < JSON.stringify(b.ref) ? -1 : 1))
    const rows = await sql<{ tenant: string; identity: string; epoch: number }[]>`
      insert into connections as c (tenant, identity, epoch)
      select p.tenant, p.identity, w.count::bigint from unnest(${wanted.map((w) => w.ref.tenant)}::text[], ${wanted.map((w) => w.ref.identity)}::text[], ${wanted.map((w) => w.count)}::text[]) as w(tenant, identity, count)
        join charge_points p on p.tenant = w.tenant and p.identity = w.identity
      on conflict (tenant, identity) do update set epoch = c.epoch + excluded.epoch
      returning tenant, identity, epoch`
    const reached = new Map(rows.map(({ epoch, tenant, identity }) => [JSON.stringify({ tenant, identity }), epoch]))
    return refs
      .toReversed()
      .map((ref) => {
        const key = JSON.stringify({ tenant: ref.tenant, identity: ref.identity })
        const epoch = reached.get(key)
        if (epoch !== undefined) reached.set(key, epoch - 1)
        return epoch
      })
      .toReversed()
  })
  return {
    find: (tenant, identity) => cache.find(JSON.stringify([tenant, identity.toLowerCase()])),
    isKnown: (tenant, identity) => cache.has(JSON.stringify([tenant, identity.toLowerCase()])),
    async nextEpoch({ tenant, identity }) {
      const epoch = await epochs({ tenant, identity })
      if (epoch === undefined) throw new Error(`charge point ${tenant}/${identity} is not registered any more`)
      return epoch
    },
    forget: (tenant, identity) => cache.forget(JSON.stringify([tenant, identity.toLowerCase()])),
    forgetAll: () => cache.forgetAll(),
  }
}
