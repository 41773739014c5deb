import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brandColours, colourFaults, modes, pageColours, shownBrand } from '../../../core/domain/brand.ts'
import { contrast, ratioOf } from '../../../core/domain/contrast.ts'

describe('the colours of a brand', () => {
  it.each([
    ['#000000', '#ffffff', '21.00:1'],
    ['#ffffff', '#ffffff', '1.00:1'],
    ['#777777', '#ffffff', '4.47:1'],
    ['#767676', '#ffffff', '4.54:1'],
  ])('%s on %s has the contrast %s', (one, other, ratio) => {
    expect([ratioOf(contrast(one, other)), ratioOf(contrast(other, one))]).toEqual([ratio, ratio])
  })

  it('is refused where text could not be read, with the field, both colours and the ratio', () => {
    expect(colourFaults({ light: { accent: '#777777' } })).toEqual([
      {
        pointer: '/colours/light/accent',
        detail: 'accent #777777 on paper #f6f7f9 has a contrast of 4.17:1: text needs 4.5:1 (WCAG 2.2 AA)',
      },
      {
        pointer: '/colours/light/accent',
        detail: 'accent #777777 on sheet #ffffff has a contrast of 4.47:1: text needs 4.5:1 (WCAG 2.2 AA)',
      },
    ])
  })

  it('a ground is looked at with every text on it, also with those that the brand does not give', () => {
    const faults = colourFaults({ dark: { sheet: '#808080' } })
    expect(faults.length).toBeGreaterThan(3)
    expect(new Set(faults.map(({ pointer }) => pointer))).toEqual(new Set(['/colours/dark/sheet']))
  })

  it('takes what can be read', () => {
    expect(colourFaults({ light: { accent: '#7a1fa2', ink: '#000000' }, dark: { accent: '#e1bee7' } })).toEqual([])
  })

  it('knows the page as it is: its own colours are those of its style sheet, and can be read', () => {
    const style = readFileSync(join(import.meta.dirname, '../../../adapters/console/style.css'), 'utf8')
    const found = Object.fromEntries(
      [...style.matchAll(/--(\w+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(([, name, ...both]) => [name, both]),
    )
    const known = Object.fromEntries(
      Object.keys(pageColours.light).map((name) => [name, modes.map((mode) => pageColours[mode][name])]),
    )
    expect(found).toEqual(known)
    expect(Object.keys(known)).toEqual(expect.arrayContaining([...brandColours]))
    expect(colourFaults(pageColours)).toEqual([])
  })
})

describe('the brand of a CPO', () => {
  const logo = { type: 'image/png', digest: 'aa' } as const
  const above = { name: 'Reseller', colours: { light: { accent: '#7a1fa2' } }, logo, hosts: { page: 'r.example' } }

  it('is its reseller’s where it says nothing itself; hosts are its own', () => {
    expect(shownBrand({ name: 'North', hosts: {} }, above)).toEqual({
      name: 'North',
      colours: { light: { accent: '#7a1fa2' } },
      logo,
    })
  })

  it('has no mixture of colours: they were looked at together', () => {
    const own = { colours: { dark: { accent: '#e1bee7' } }, hosts: {} }
    expect(shownBrand(own, above).colours).toEqual({ dark: { accent: '#e1bee7' } })
  })
})
