import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSealer } from '../../adapters/seal.ts'

describe('what is sealed', () => {
  const sealer = createSealer(new Uint8Array(32).fill(1))

  it('S-08: is read again as it was, shows nothing, and is never the same twice', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 20 }), (text) => {
        const sealed = sealer.seal(text)
        expect(sealer.open(sealed)).toBe(text.toWellFormed())
        expect(sealed).not.toContain(text)
        expect(sealer.seal(text)).not.toBe(sealed)
      }),
    )
  })

  it('is read by no other installation, and not when a bit of it has changed', () => {
    const sealed = sealer.seal('sm_secret')
    expect(() => createSealer(new Uint8Array(32)).open(sealed)).toThrow()
    const bytes = Buffer.from(sealed, 'base64')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    expect(() => sealer.open(bytes.toString('base64'))).toThrow()
  })
})
