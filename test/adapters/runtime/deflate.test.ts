import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takenOffer } from '../../../adapters/runtime/deflate.ts'

const parameter = fc.constantFrom(
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits=12',
  'server_max_window_bits="9"',
  'client_max_window_bits',
  'client_max_window_bits = 11',
  'client_max_window_bits=16',
  'level=9',
  '',
)
const offer = fc
  .tuple(fc.constantFrom('permessage-deflate', 'x-webkit-deflate-frame'), fc.array(parameter, { maxLength: 4 }))
  .map((parts) => parts.flat().join('; '))

describe('an offer of permessage-deflate (RFC 7692 §7.1)', () => {
  it.each([
    ['permessage-deflate', 'permessage-deflate', undefined],
    ['permessage-deflate; client_max_window_bits', 'permessage-deflate; client_max_window_bits', 15],
    ['permessage-deflate;client_max_window_bits="12"', 'permessage-deflate;client_max_window_bits="12"', 12],
    [
      'x-foo, permessage-deflate; server_max_window_bits=10',
      'permessage-deflate; server_max_window_bits=10',
      undefined,
    ],
    ['permessage-deflate; server_max_window_bits=9, permessage-deflate', 'permessage-deflate', undefined],
  ])('%s is taken up', (header, text, clientBits) => {
    expect(takenOffer(header, 10)).toEqual({ text, clientBits })
  })

  it.each([
    undefined,
    null,
    '',
    'permessage-deflate-2',
    'permessage-deflate;',
    'permessage-deflate; server_max_window_bits=9',
    'permessage-deflate; server_max_window_bits=010',
    'permessage-deflate; client_max_window_bits=',
    'permessage-deflate; client_max_window_bits="10',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
  ])('%s is not', (header) => {
    expect(takenOffer(header, 10)).toBeUndefined()
  })

  it('is one of those in the header, and its window is kept, whatever the header is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(offer).map((all) => all.join(',')),
          fc.string(),
        ),
        fc.integer({ min: 8, max: 15 }),
        (header, bits) => {
          const taken = takenOffer(header, bits)
          if (taken === undefined) return
          expect(header.split(',').map((one) => one.trim())).toContain(taken.text)
          const [, window = 15] = /server_max_window_bits="?(\d+)/.exec(taken.text) ?? []
          expect(Number(window)).toBeGreaterThanOrEqual(bits)
          expect(taken.text).not.toMatch(/level|=16/)
        },
      ),
    )
  })
})
