import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvLine, parseCsv } from '../../../adapters/http/csv.ts'

describe('a line of CSV', () => {
  it('leads what would be a formula by an apostrophe, and leaves numbers as they are', () => {
    expect(csvLine(['=1+1', '+1', '-1+1', '@A1', '\tx', -12, '-0.125', '1.5', undefined])).toBe(
      `'=1+1,'+1,'-1+1,'@A1,'\tx,-12,-0.125,1.5,\r\n`,
    )
  })

  it('is read back as it was written, whatever is in it', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => `x${text}x`)
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        expect(parseCsv(csvLine(['a', 'b']) + csvLine([a, b]))[0]?.fields).toEqual({ a, b })
      }),
    )
  })
})
