import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isTotp, totpOf } from '../../../core/domain/totp.ts'
import { testDigest as digest } from '../../support/database.ts'

const settings = { secret: 'a secret of more than sixteen characters', length: 20, validityS: 60 }
const now = Date.UTC(2026, 10, 27, 7, 30, 30)
const interval = Math.floor(now / 60_000)

describe('the one-time password in a QR code (C25)', () => {
  it('is made of the HMAC of its interval, from the place on that the last byte names', () => {
    const moment = Buffer.alloc(8)
    moment.writeBigUInt64BE(BigInt(interval))
    const hash = createHmac('sha256', settings.secret).update(moment).digest()
    const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
    const turned = Buffer.concat([hash, hash]).subarray(hash.readUInt8(31) % 16)
    const expected = [...turned.subarray(0, 20)].map((byte) => letters.charAt(byte % 62)).join('')
    expect(totpOf(digest, settings, interval)).toBe(expected)
  })

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('of an interval %i from now counts: %s', (away, counts) => {
    expect(isTotp(digest, settings, { given: totpOf(digest, settings, interval + away), now })).toBe(counts)
  })

  it('counts for longer where somebody has been paying, and never for another station', () => {
    const given = totpOf(digest, settings, interval - 10)
    expect(isTotp(digest, settings, { given, now, agoMs: 600_000 })).toBe(true)
    expect(isTotp(digest, settings, { given, now, agoMs: 300_000 })).toBe(false)
    expect(isTotp(digest, { ...settings, secret: 'the secret of another' }, { given, now, agoMs: 600_000 })).toBe(false)
  })

  it.each(['', 'x', '0'.repeat(20), 'é'.repeat(20)])('%o is none', (given) => {
    expect(isTotp(digest, settings, { given, now })).toBe(false)
  })
})
