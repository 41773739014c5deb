import { describe, expect, it } from 'vitest'
import { consolePages } from '../../../adapters/console/pages.ts'

interface Line {
  readonly what: string
  readonly billed: string
  readonly net: string
  readonly tax: string
  readonly gross: string
}
interface Segment {
  readonly kind: string
  readonly x: number
  readonly width: number
  readonly title: string
}
type Make = (name: string, attributes?: object, ...children: readonly unknown[]) => unknown
interface Script {
  readonly segmentsOf: (explanation: unknown) => readonly Segment[]
  readonly rowsOf: (explanation: unknown) => readonly Line[]
  readonly explanationNodes: (explanation: unknown, element: Make) => readonly unknown[]
}

const script = (await import(new URL('../../../adapters/console/explanation.js', import.meta.url).href)) as Script

const component = { dimension: 'ENERGY', element: 0, component: 0 }
const explanation = {
  text: 'What was used <b>20 kWh</b>',
  tariff: { id: 'day', version: 1, currency: 'EUR' },
  startedAt: '2026-11-24T10:00:00.000Z',
  endedAt: '2026-11-24T11:20:00.000Z',
  periods: [
    { kind: 'charging', from: '2026-11-24T10:00:00.000Z', until: '2026-11-24T10:40:00.000Z', energyWh: 20_000 },
    { kind: 'parking', from: '2026-11-24T10:40:00.000Z', until: '2026-11-24T11:20:00.000Z', energyWh: 0 },
  ],
  lines: [
    {
      kind: 'energy',
      component,
      billed: 20_000,
      price: '0.25',
      vat: '10',
      net: '5.0000',
      tax: '0.5000',
      gross: '5.5000',
    },
    {
      kind: 'rounding',
      component: null,
      billed: null,
      price: null,
      vat: null,
      net: '0.0000',
      tax: '0.0000',
      gross: '0.0000',
    },
  ],
  total: { net: '5.00', tax: '0.50', gross: '5.50' },
}

/** Nodes as texts, as a page would hold them. */
class Node {
  readonly name: string
  readonly attributes: Record<string, string> = {}
  readonly children: unknown[] = []
  constructor(name: string) {
    this.name = name
  }
  setAttribute(key: string, value: string): void {
    this.attributes[key] = value
  }
  append(...children: readonly unknown[]): void {
    this.children.push(...children)
  }
}
const every = (node: unknown, name: string): readonly Node[] =>
  node instanceof Node
    ? [...(node.name === name ? [node] : []), ...node.children.flatMap((child) => every(child, name))]
    : []

describe('the explanation on the console', () => {
  it('has each period as wide as it is long', () => {
    expect(script.segmentsOf(explanation)).toEqual([
      { kind: 'charging', x: 0, width: 500, title: 'charging, 20.000 kWh' },
      { kind: 'parking', x: 500, width: 500, title: 'parked, asking for no power, 0.000 kWh' },
    ])
  })

  it('shows a session of no length all the same', () => {
    const { from } = { from: '2026-11-24T10:00:00.000Z' }
    const of = { periods: [{ kind: 'charging', from, until: from, energyWh: 1_000 }] }
    expect(script.segmentsOf(of).map(({ x, width }) => [x, width])).toEqual([[0, 1000]])
  })

  it('has lines that add up to the total below them', () => {
    const rows = script.rowsOf(explanation)
    expect(rows.map(({ what, billed, gross }) => [what, billed, gross])).toEqual([
      ['energy (element 1)', '20.000 kWh', '5.5000'],
      ['rounding of the total', '', '0.0000'],
      ['Total in EUR', '', '5.50'],
    ])
    const sum = rows.slice(0, -1).reduce((all, { gross }) => all + Math.round(Number(gross) * 10_000), 0)
    expect(sum).toBe(Math.round(Number(rows.at(-1)?.gross) * 10_000))
  })

  it('puts what the server says on the page as text, with neither style nor script in it', () => {
    const make: Make = (name, attributes = {}, ...children) => {
      const node = new Node(name)
      for (const [key, value] of Object.entries(attributes))
        if (value !== undefined) node.setAttribute(key, String(value))
      node.append(...children)
      return node
    }
    const before = globalThis.document
    Object.assign(globalThis, { document: { createElementNS: (_: string, name: string) => new Node(name) } })
    const nodes = script.explanationNodes(explanation, make)
    Object.assign(globalThis, { document: before })
    const all = make('div', {}, ...nodes)
    expect(every(all, 'pre').map(({ children }) => children)).toEqual([['What was used <b>20 kWh</b>']])
    expect(every(all, 'rect').map(({ attributes }) => attributes['class'])).toEqual(['charging', 'parking'])
    const names = ['div', 'svg', 'rect', 'table', 'tr', 'td', 'th', 'p', 'span', 'pre']
    const attributes = names.flatMap((name) => every(all, name).flatMap((node) => Object.keys(node.attributes)))
    expect(attributes.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
  })

  it('is served with what it imports, and every part that its script looks for is on the page', () => {
    const pages = consolePages()
    const [page = '', app = ''] = ['/', '/app.js'].map((path) => pages.get(path)?.body ?? '')
    const imported = [...app.matchAll(/^import .* from '\.([^']+)'/gm)].map(([, path]) => path ?? '')
    expect([imported, imported.every((path) => pages.has(path))]).toEqual([
      ['/contracts.js', '/explanation.js', '/resale.js', '/roaming.js', '/settlement.js', '/sims.js', '/sites.js'],
      true,
    ])
    const wanted = [...app.matchAll(/\$\('([^']+)'\)/g)].map(([, id]) => id ?? '')
    expect(wanted.filter((id) => !page.includes(`id="${id}"`))).toEqual([])
    expect(page).not.toMatch(/ style=| on[a-z]+="/)
  })
})
