import { describe, expect, it } from 'vitest'
import { consolePages } from '../../../adapters/console/pages.ts'
import { shownPartner, shownScorecard } from '../../support/shown-partner.ts'
import { buttonIn, consoleScript, every, type Part, rowsIn, standInPage } from '../../support/stand-in-page.ts'

interface Section {
  list(): Promise<void>
  load(): Promise<void>
  follow(hash: string): Promise<void>
}
interface Script {
  readonly roamingSection: ($: (id: string) => Part, page: object) => Section
}
const { roamingSection } = await consoleScript<Script>('roaming')

const hostile = '<img src=x onerror=alert(1)>'
const opened = (answer: Parameters<typeof standInPage>[0]) => {
  const standIn = standInPage(answer)
  return { ...standIn, section: roamingSection(standIn.$, standIn.page) }
}
/** The list of these partners, and what is found of each. */
const partnersOf =
  (items: readonly { readonly id: string }[], scorecard: unknown = shownScorecard()) =>
  ({ path }: { readonly path: string }): unknown =>
    path.endsWith('/scorecard')
      ? scorecard
      : path.includes('?')
        ? { items, next: null }
        : (items[0] ?? Object.assign(new Error('there is no such roaming partner'), { status: 404 }))

describe('roaming on the console', () => {
  it('is a row for each partner: how it stands, what waits, and how many CDRs need a person', async () => {
    const { $, section } = opened(partnersOf([shownPartner()]))
    await section.load()
    const [cells = []] = rowsIn($('partners'))
    expect([...cells.slice(0, 4), ...cells.slice(5)]).toEqual([
      'Green',
      'registered',
      'OCPI 2.2.1',
      'EMSP NL*TNM',
      '–',
      'locations 2',
      '3',
    ])
    expect(cells[4]).toBe(new Date('2026-11-24T11:00:00.000Z').toLocaleString())
  })

  it('shows a partner also where nobody can say how it goes with it, and says why', async () => {
    const { $, section } = opened(partnersOf([shownPartner()], new Error('the store is away')))
    await section.load()
    expect(rowsIn($('partners')).map((cells) => [cells[0], cells.at(-1)])).toEqual([['Green', '–']])
    expect($('roaming-note').textContent).toBe('the store is away')
  })

  it('says what to do where there is no partner', async () => {
    const { $, section } = opened(partnersOf([]))
    await section.load()
    expect([$('partners').hidden, $('no-partners').hidden]).toEqual([true, false])
  })

  it('names a partner that its name could break, as text, with a link that leads to it', async () => {
    const { $, section } = opened(partnersOf([shownPartner({ name: hostile })]))
    await section.load()
    const [link] = every($('partners'), 'a')
    expect([link?.textContent, link?.attributes]).toEqual([hostile, { href: '#partner=emp' }])
    expect(every($('partners'), 'img')).toEqual([])
  })

  it('shows the partner that the address names, and nothing of it any more when it is closed', async () => {
    const { $, section } = opened(partnersOf([shownPartner()]))
    Object.assign(globalThis, { location: { hash: '', pathname: '/' } })
    await section.follow('#partner=emp')
    expect([$('partner').open, $('partner-what').textContent]).toEqual([true, 'Green'])
    expect(buttonIn($('partner-body'), 'New tokens').disabled).toBe(false)
    $('partner').close()
    expect($('partner-body').children).toEqual([])
  })

  it('says of an address that names nobody that there is no such partner', async () => {
    const { $, section } = opened(partnersOf([]))
    await section.follow('#partner=nobody')
    const [alert] = every($('partner-body'), 'p')
    expect([alert?.attributes, alert?.textContent]).toEqual([{ role: 'alert' }, 'there is no such roaming partner'])
  })

  it('asks for nothing where the address names something else', async () => {
    const { calls, section } = opened(partnersOf([shownPartner()]))
    for (const hash of ['', '#cdr=1', '#partner=../tokens', '#partner=']) await section.follow(hash)
    expect(calls).toEqual([])
  })

  it('keeps a token that was shown once no longer than its dialog is open', async () => {
    const { $ } = opened(() => undefined)
    await $('invite-partner').fire('click')
    expect([$('handshake').open, $('handshake-body').children.length > 0]).toEqual([true, true])
    $('handshake').close()
    expect($('handshake-body').children).toEqual([])
  })

  it('is served with all that its scripts import, finds its parts on the page, and makes no HTML of texts', () => {
    const pages = consolePages()
    const page = pages.get('/')?.body ?? ''
    const scripts = [...pages].filter(([path]) => path.endsWith('.js'))
    const imported = scripts.flatMap(([, { body }]) =>
      [...body.matchAll(/from '\.([^']+)'/g)].map(([, path]) => path ?? ''),
    )
    expect(imported.filter((path) => !pages.has(path))).toEqual([])
    expect(scripts.map(([path]) => path).filter((path) => path !== '/app.js' && !imported.includes(path))).toEqual([])
    const wanted = [...(pages.get('/roaming.js')?.body ?? '').matchAll(/\$\('([^']+)'\)/g)].map(([, id]) => id ?? '')
    expect(wanted.filter((id) => !page.includes(`id="${id}"`))).toEqual([])
    const careless = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bstyle:/
    expect(scripts.filter(([, { body }]) => careless.test(body)).map(([path]) => path)).toEqual([])
  })
})
