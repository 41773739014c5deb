import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerHub } from '../../support/oicp-hub.ts'
import { roamingRows } from '../../support/roaming-rows.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { buttonIn, type Called, consoleScript, every, Part, rowsIn, standInPage } from '../../support/stand-in-page.ts'

interface Script {
  readonly roamingSection: (
    $: (id: string) => Part,
    page: object,
  ) => { load(): Promise<void>; follow(hash: string): Promise<void> }
}
const { roamingSection } = await consoleScript<Script>('roaming')

describe('roaming on the console, with the API behind it', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/roaming-partners/emp', { name: 'Green' })
    await roamingRows(test, { partner: 'emp', location: 'LOC1' })
    await registerHub(test, 'hub')
  })
  afterAll(() => test.stop())

  const opened = () => {
    const standIn = standInPage(async ({ path, method, body }: Called) => {
      const answer = await test.api(method, path, body)
      const { detail }: { readonly detail?: string } = answer.body
      return answer.status < 300
        ? answer.body
        : Object.assign(new Error(detail ?? `${answer.status}`), { status: answer.status })
    })
    return { ...standIn, section: roamingSection(standIn.$, standIn.page) }
  }
  /** What the parts of a partner say when they are opened, by what stands on them. */
  const partsOf = async (body: Part): Promise<Readonly<Record<string, string>>> => {
    const said: Record<string, string> = {}
    for (const details of every(body, 'details')) {
      details.open = true
      await details.fire('toggle')
      const [summary = '', ...rest] = details.children.map((one) => (one instanceof Part ? one.textContent : one))
      said[summary] = rest.join(' ')
    }
    return said
  }
  const sent = async (body: Part, values: readonly string[]): Promise<void> => {
    for (const [i, input] of every(body, 'input').entries()) input.value = values[i] ?? ''
    await every(body, 'form')[0]?.fire('submit')
  }

  it('lists partners and hubs with what the API says of them', async () => {
    const { $, section } = opened()
    await section.load()
    expect(rowsIn($('partners')).map((cells) => [cells[0], cells[1], cells[2], cells[6]])).toEqual([
      ['Green', 'nothing done yet', '–', 'nothing'],
      ['hub', 'registered', 'OICP', 'nothing'],
    ])
    expect($('roaming-note').textContent).toBe('')
  })

  it('reads every part of a partner', async () => {
    const { $, section } = opened()
    await section.follow('#partner=emp')
    const parts = await partsOf($('partner-body'))
    expect(Object.keys(parts)).toEqual([
      'Ledger',
      'CDRs that wait for a person',
      'Sessions from it',
      'CDRs from it',
      'The last handshake',
    ])
    expect(parts['Ledger']).toContain('PUT locations')
    expect(parts['CDRs that wait for a person']).toContain('No CDR waits for a person.')
    expect(parts['Sessions from it']).toContain('It has told us of no session.')
    expect(every($('partner-body'), 'svg').map(({ textContent }) => textContent)).toContain('1 of 1 done, 100.0 %')
  })

  it('reads what a hub has', async () => {
    const { $, section } = opened()
    await section.follow('#partner=hub')
    expect((await partsOf($('partner-body')))['What it has']).toContain(
      'It has 0 EVSEs; 0 are to be told, 0 were refused.',
    )
  })

  it('says in words why a partner could not be connected, and that it is there all the same', async () => {
    const { $, section } = opened()
    await section.load()
    await $('connect-partner').fire('click')
    await sent($('handshake-body'), ['new', 'https://127.0.0.1/versions', 'secret'])
    const said = every($('handshake-body'), 'p').map(({ textContent }) => textContent)
    expect(said.join('')).toMatch(/^It failed: /)
    expect(every($('handshake-body'), 'li').some(({ attributes }) => attributes['class'] === 'failed')).toBe(true)
    expect((await test.api('GET', '/api/v1/roaming-partners/new')).body).toMatchObject({ state: 'failed' })
  })

  it('invites a partner with a token that is good to look at once', async () => {
    const { $ } = opened()
    await $('invite-partner').fire('click')
    await sent($('handshake-body'), ['guest', 'Guest'])
    const shown = every($('handshake-body'), 'input').map(({ value }) => value)
    expect([shown.length, shown[2]]).toEqual([4, expect.stringMatching(/\/ocpi\/default\/versions$/)])
    expect((await test.api('GET', '/api/v1/roaming-partners/guest')).body).toMatchObject({
      state: 'invited',
      name: 'Guest',
    })
  })

  it('says what the API has against something', async () => {
    const { $, section } = opened()
    await section.follow('#partner=hub')
    await buttonIn($('partner-body'), 'Tell it everything again').fire('click')
    expect($('partner-body').textContent).toContain('It will be told everything again.')
    await section.follow('#partner=nobody')
    expect($('partner-body').textContent).toBe('there is no such roaming partner')
  })
})
