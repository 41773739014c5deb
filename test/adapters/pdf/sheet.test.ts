import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pagesOf, sheetPdf, type SheetRow } from '../../../adapters/pdf/sheet.ts'
import { inWindows1252 } from '../../../adapters/pdf/windows-1252.ts'

const rowsOf = async function* (count: number): AsyncGenerator<SheetRow> {
  for (let i = 0; i < count; i++)
    yield { cells: [`row ${i}`, '1.00'], columns: [{ width: 200 }, { width: 80, align: 'right' }] }
}
const sheetOf = (rows: number) => ({ title: 'A sheet', subtitle: 'of rows', rows, at: Date.UTC(2026, 11, 5) })
const bytesOf = async (count: number): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of sheetPdf(sheetOf(count), rowsOf(count))) pieces.push(piece)
  return Buffer.concat(pieces)
}
const pagesIn = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0

describe('a sheet of paper', () => {
  it.each([0, 1, 52, 53, 54, 530])('of %i rows has as many pages as it says', async (count) => {
    expect(pagesIn(await bytesOf(count))).toBe(pagesOf(count))
  })

  it('is the same to the byte for the same rows and time', async () => {
    expect((await bytesOf(120)).equals(await bytesOf(120))).toBe(true)
  })

  it('hands on what is written before it reads more', async () => {
    let read = 0
    const counted = async function* (): AsyncGenerator<SheetRow> {
      for await (const row of rowsOf(2_000)) {
        read++
        yield row
      }
    }
    for await (const _ of sheetPdf(sheetOf(2_000), counted())) break
    expect(read).toBeLessThan(120)
  })
})

describe('a text in Windows-1252', () => {
  it.each([
    ['Zürich, 12.50 €', 'Zürich, 12.50 €', true],
    ['Łódź 漢字', '?ód? ??', false],
    ['e\u0301', 'é', true],
    ['one\ntwo\u0000', 'one?two?', false],
    ['🚗', '?', false],
  ])('%j is %j', (text, shown, isWhole) => {
    expect(inWindows1252(text)).toEqual({ text: shown, isWhole })
  })

  it('leaves nothing out: each character is there, or seen to be missing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: shown, isWhole } = inWindows1252(text)
        expect(Array.from(shown)).toHaveLength(Array.from(text.normalize('NFC')).length)
        if (isWhole) expect(shown).toBe(text.normalize('NFC'))
      }),
    )
  })
})
