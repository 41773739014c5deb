import type { MirrorChange } from '../core/domain/mirror.ts'
import type { ChargePointRecord } from '../core/ports/credentials.ts'
import type { Link } from './link.ts'

/** What an order has taught us of a station's password, in the record that its socket goes by; the store has it already. */
export const withPassword = (record: ChargePointRecord, change: MirrorChange): ChargePointRecord => {
  if (change.type === 'password.sent')
    return { ...record, next: { salt: change.salt, hash: change.hash, afterBoot: false } }
  const { next, ...others } = record
  if (change.type !== 'password' || !isSameHash(next?.hash, change.hash) || next === undefined) return record
  if (change.became === 'nothing') return others
  if (change.became === 'next') return { ...others, next: { ...next, afterBoot: true } }
  return { ...others, verifier: { salt: next.salt, hash: next.hash } }
}

/**
 * Why no new key may be sent, or nothing. One that was sent before may be the station's, or become it: with another in its
 * place nobody would know it. Only where the station has booted since, and still came with the old one, it may go.
 */
export const mayNotRotate = ({ record, seat, booted }: Link): string | undefined =>
  record.next === undefined || (booted && isSameHash(record.next.hash, seat.record.next?.hash))
    ? undefined
    : 'a key that was sent before may still come into force: only after the next boot can it be told'

const isSameHash = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && a.toString() === b.toString()
