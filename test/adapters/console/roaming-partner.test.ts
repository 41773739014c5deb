import { describe, expect, it } from 'vitest'
import { check, shownPartner, shownScorecard } from '../../support/shown-partner.ts'
import {
  buttonIn,
  type Called,
  consoleScript,
  every,
  make,
  type Make,
  type Part,
  rowsIn,
  standInPage,
} from '../../support/stand-in-page.ts'

interface View {
  readonly signal: AbortSignal
  readonly connect: (partner: object) => void
  readonly changed: (partner: object) => void
}
interface Partner {
  readonly partnerNodes: (page: object, partner: object, view: View) => readonly Part[]
}
interface Score {
  readonly scoreNodes: (card: object, element: Make) => readonly Part[]
}
const { partnerNodes } = await consoleScript<Partner>('roaming-partner')
const { scoreNodes } = await consoleScript<Score>('roaming-score')

const hostile = '<script>alert(1)</script>'
const shown = (partner: object, answer: (called: Called) => unknown, more: object = {}) => {
  const { page, calls } = standInPage((called) =>
    called.path.endsWith('/scorecard') ? shownScorecard() : answer(called),
  )
  const leaving = new AbortController()
  const told: object[] = []
  const connects: object[] = []
  const view: View = {
    signal: leaving.signal,
    connect: (known) => connects.push(known),
    changed: (known) => told.push(known),
  }
  const all = make('div', {}, ...partnerNodes({ ...page, ...more }, partner, view))
  const said = (): string =>
    every(all, 'p').find(({ attributes }) => attributes['tabindex'] === '-1')?.textContent ?? ''
  const names = (): readonly string[] =>
    every(every(all, 'p').find(({ attributes }) => attributes['class'] === 'acts'))
      .slice(1)
      .map((one) => one.textContent)
  const posts = (): readonly string[] => calls.filter(({ method }) => method === 'POST').map(({ path }) => path)
  return { all, said, names, posts, told, connects, leave: () => leaving.abort(), calls }
}
const at = '/api/v1/roaming-partners/emp'

describe('a partner on the console', () => {
  it.each([
    ['registered', 'ocpi', ['New tokens', 'Read its lists', 'Compare what it has', 'End registration']],
    ['failed', 'ocpi', ['Connect', 'Invite']],
    ['registered', 'oicp', ['Tell it everything again', 'End registration']],
    ['ended', 'oicp', []],
  ])('offers what makes sense where it is %s (%s)', (state, protocol, names) => {
    expect(shown(shownPartner({ state, protocol }), () => undefined).names()).toEqual(names)
  })

  it('gets new tokens both ways; that it failed is said, and that it is registered all the same', async () => {
    const after = shownPartner({ checks: [check('credentials', false, hostile)] })
    const { all, said, posts, told } = shown(shownPartner(), () => after)
    await buttonIn(all, 'New tokens').fire('click')
    expect(posts()).toEqual([`${at}/rotate`])
    expect(said()).toBe(`Still registered, but the last attempt failed: The exchange of tokens – ${hostile}`)
    expect([told, every(all, 'script')]).toEqual([[after], []])
  })

  it('is no more registered only where somebody is sure', async () => {
    const ended = shownPartner({ state: 'ended', version: null })
    const unsure = shown(shownPartner(), () => ended, { sure: () => false })
    await buttonIn(unsure.all, 'End registration').fire('click')
    const sure = shown(shownPartner(), () => ended)
    await buttonIn(sure.all, 'End registration').fire('click')
    expect([unsure.posts(), sure.posts()]).toEqual([[], [`${at}/unregister`]])
    expect([sure.said(), sure.names()]).toEqual(['ended', ['Connect', 'Invite']])
  })

  it('is invited again where it is shown, and what to give to it is there once', async () => {
    const known = shownPartner({ state: 'ended' })
    const { all, said } = shown(known, ({ path }) =>
      path.endsWith('/invitation')
        ? { url: 'https://we.example/versions', token: 'once' }
        : shownPartner({ state: 'invited' }),
    )
    await buttonIn(all, 'Invite').fire('click')
    expect(said()).toBe('It is invited.')
    expect(every(all, 'input').map(({ value }) => value)).toEqual(['https://we.example/versions', 'once'])
  })

  it('opens the form with what is known of it', async () => {
    const known = shownPartner({ state: 'failed' })
    const { all, connects } = shown(known, () => undefined)
    await buttonIn(all, 'Connect').fire('click')
    expect(connects).toEqual([known])
  })

  it('says why something could not be done, and lets it be tried again', async () => {
    const { all, said } = shown(shownPartner(), () => new Error('it is not registered, or has no such module'))
    await buttonIn(all, 'Read its lists').fire('click')
    expect(said()).toBe('Read its lists: it is not registered, or has no such module')
    expect(buttonIn(all, 'Read its lists').disabled).toBe(false)
  })

  const chore = (state: string, more: object = {}) => ({
    kind: 'pull',
    module: 'cdrs',
    state,
    items: 0,
    total: null,
    counts: {},
    notes: [],
    detail: null,
    ...more,
  })

  it('follows a list that is read until it is over, and shows what came of it', async () => {
    let looks = 0
    const { all, said } = shown(shownPartner(), ({ method }) => {
      if (method === 'POST') return { items: [chore('waiting')] }
      looks++
      const counts = { new: 3, changed: 0, refused: 1 }
      const done = chore('done', { items: 4, total: 4, counts, notes: [`${hostile} is no CDR`] })
      return { items: [chore('done', { kind: 'reconcile' }), looks < 3 ? chore('running', { items: looks }) : done] }
    })
    await buttonIn(all, 'Read its lists').fire('click')
    expect([said(), looks]).toEqual(['Reading its lists: done', 3])
    expect(rowsIn(all)[0]).toEqual(['cdrs', 'done', '4 of 4', '3 new, 1 refused', `${hostile} is no CDR`])
    expect(every(all, 'script')).toEqual([])
  })

  it('looks no more when nobody looks any more', async () => {
    const { all, calls, leave } = shown(shownPartner(), ({ method }) => {
      if (method === 'GET') leave()
      return { items: [chore('running')] }
    })
    await buttonIn(all, 'Read its lists').fire('click')
    expect(calls.filter(({ path }) => path.endsWith('/chores')).length).toBe(1)
  })
})

describe('how it goes with a partner', () => {
  it('is a row for each module and span, with a bar as long as what was done, that is also said', () => {
    const all = make('div', {}, ...scoreNodes(shownScorecard(), make))
    const [row = [], ...others] = rowsIn(all)
    expect([row.slice(0, 3), row.slice(4, 7), others]).toEqual([
      ['cdrs', '1 day', '4'],
      ['75.0 %', '80 ms', '900 ms'],
      [],
    ])
    expect(
      every(all, 'rect').map(({ attributes }) => [attributes['class'], attributes['x'], attributes['width']]),
    ).toEqual([
      ['done', '0', '75'],
      ['failed', '75', '25'],
    ])
    expect(every(all, 'svg').map(({ attributes, textContent }) => [attributes['role'], textContent])).toEqual([
      ['img', '3 of 4 done, 75.0 %'],
    ])
  })

  it('says what waits and what was found, and nothing of what there is none of', () => {
    const all = make('div', {}, ...scoreNodes(shownScorecard({ clockAheadMs: 2_500 }), make))
    expect(every(all, 'dd').map(({ textContent }) => textContent)).toEqual([
      '2 locations',
      '7 arrived, 2 refused, 1 nobody knows',
      '5 matches, 1 differs',
      '2.5 s',
    ])
    expect(every(all, 'li').map(({ textContent }) => textContent)).toEqual(['cdrs: HTTP 500 (1 times)'])
  })

  it('of a partner with whom nothing was exchanged says so', () => {
    const none = { modules: [], lanes: [], deliveries: {}, verdicts: {} }
    const all = make('div', {}, ...scoreNodes(shownScorecard(none), make))
    expect(all.textContent).toBe('Nothing was exchanged in the last 30 days.')
  })
})
