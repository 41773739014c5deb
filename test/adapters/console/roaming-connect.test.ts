import { describe, expect, it } from 'vitest'
import { check, shownPartner } from '../../support/shown-partner.ts'
import {
  buttonIn,
  type Called,
  consoleScript,
  every,
  make,
  type Part,
  standInPage,
} from '../../support/stand-in-page.ts'

type Done = (partner?: unknown) => void
interface Connect {
  readonly connectForm: (page: object, of: { readonly partner?: object; readonly done: Done }) => readonly Part[]
}
interface Invite {
  readonly inviteForm: (page: object, of: { readonly done: Done }) => readonly Part[]
  readonly invitationNodes: (page: object, invitation: { readonly url: string; readonly token: string }) => Part[]
}
interface Checks {
  readonly standingOf: (partner: object) => string
}
const { connectForm } = await consoleScript<Connect>('roaming-connect')
const { inviteForm, invitationNodes } = await consoleScript<Invite>('roaming-invite')
const { standingOf } = await consoleScript<Checks>('roaming-checks')

/** A form that is filled in and sent; what its parts say then. */
const sent = async (nodes: readonly Part[], values: readonly string[]): Promise<Part> => {
  const all = make('div', {}, ...nodes)
  every(all, 'input').forEach((input, i) => (input.value = values[i] ?? ''))
  await every(all, 'form')[0]?.fire('submit')
  return all
}
const stepsIn = (node: unknown): readonly string[] => every(node, 'li').map(({ textContent }) => textContent)
const statusIn = (node: unknown): string =>
  every(node, 'p').find(({ attributes }) => attributes['role'] === 'status')?.textContent ?? ''
const filled = ['emp', ' https://emp.example/versions ', ' secret ']

describe('connecting a partner on the console', () => {
  it('shows how far a handshake has come while it is under way, and then that it is registered', async () => {
    let answer: (partner: object) => void = () => undefined
    const seen: (readonly string[])[] = []
    const shown: { all?: Part } = {}
    const half = shownPartner({ state: 'connecting', checks: [check('address', true, 'emp.example')] })
    const whole = shownPartner({ checks: [check('address', true, 'emp.example'), check('credentials', true, 'taken')] })
    const { page, calls } = standInPage(({ method }) => {
      if (method === 'POST') return new Promise<object>((resolve) => (answer = resolve))
      seen.push(stepsIn(shown.all))
      if (seen.length === 2) answer(whole)
      return half
    })
    const told: unknown[] = []
    const nodes = connectForm(page, { done: (partner) => told.push(partner) })
    shown.all = make('div', {}, ...nodes)
    await sent(nodes, filled)
    expect(seen[1]?.slice(0, 2)).toEqual(['✓ passed: Its address: emp.example', '… to come: Our own parties'])
    expect([statusIn(shown.all), stepsIn(shown.all)]).toEqual([
      'Registered, OCPI 2.2.1',
      ['✓ passed: Its address: emp.example', '✓ passed: The exchange of tokens: taken'],
    ])
    expect(told).toEqual([whole])
    expect(calls[0]).toEqual({
      path: '/api/v1/roaming-partners',
      method: 'POST',
      body: { id: 'emp', url: 'https://emp.example/versions', token: 'secret' },
    })
  })

  it('says in words what failed and why, as text, and is sent once more to the partner that is there now', async () => {
    const fault = '<b>no</b> version 2.2.1'
    const failed = shownPartner({ state: 'failed', version: null, checks: [check('version', false, fault)] })
    const { page, calls } = standInPage(() => failed)
    const nodes = connectForm(page, { done: () => undefined })
    const all = await sent(nodes, filled)
    expect(statusIn(all)).toBe(`It failed: A version that both speak – ${fault}`)
    expect(every(all, 'b')).toEqual([])
    await sent(nodes, filled)
    expect(calls.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
      '/api/v1/roaming-partners',
      '/api/v1/roaming-partners/emp/connect',
    ])
  })

  it('says what the server has against it, and can be sent again', async () => {
    const { page } = standInPage(({ method }) =>
      method === 'POST'
        ? new Error('there is a partner of this id')
        : shownPartner({ checks: [check('address', true, 'old')] }),
    )
    const all = await sent(connectForm(page, { done: () => undefined }), filled)
    expect([statusIn(all), stepsIn(all)]).toEqual(['there is a partner of this id', []])
    expect(buttonIn(all, 'Connect').disabled).toBe(false)
  })

  it('of a partner that is known begins with its name and address, and not with its token', () => {
    const { page } = standInPage(() => undefined)
    const inputs = every(
      make('div', {}, ...connectForm(page, { partner: shownPartner(), done: () => undefined })),
      'input',
    )
    expect(inputs.map(({ value }) => value)).toEqual(['emp', 'https://emp.example/versions', ''])
    expect(inputs[2]?.attributes['type']).toBe('password')
  })

  it('tells a registration that goes on from one that is over', () => {
    const checks = [check('credentials', false, 'HTTP 500')]
    expect(['registered', 'ended', 'invited'].map((state) => standingOf(shownPartner({ state, checks })))).toEqual([
      'Still registered, but the last attempt failed: The exchange of tokens – HTTP 500',
      'Ended; the partner could not be told: The exchange of tokens – HTTP 500',
      'invited',
    ])
  })
})

describe('inviting a partner on the console', () => {
  const absent = Object.assign(new Error('there is no such roaming partner'), { status: 404 })
  const invitation = { url: 'https://we.example/ocpi/default/versions', token: 'shown-once' }
  const answers = ({ path, method }: Called): unknown =>
    method === 'GET' ? absent : path.endsWith('/invitation') ? invitation : shownPartner({ state: 'known' })

  it('makes it, and shows the address and the token', async () => {
    const { page, calls } = standInPage(answers)
    const all = await sent(inviteForm(page, { done: () => undefined }), ['emp', 'Green'])
    expect(every(all, 'input').map(({ value }) => value)).toEqual(['emp', 'Green', invitation.url, invitation.token])
    expect(calls.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/v1/roaming-partners/emp', undefined],
      ['PUT', '/api/v1/roaming-partners/emp', { name: 'Green' }],
      ['POST', '/api/v1/roaming-partners/emp/invitation', {}],
    ])
  })

  it('leaves a partner alone that is there already', async () => {
    const { page, calls } = standInPage(() => shownPartner())
    const all = await sent(inviteForm(page, { done: () => undefined }), ['emp', ''])
    expect(statusIn(all)).toContain('There is a partner of this name')
    expect(calls.map(({ method }) => method)).toEqual(['GET'])
  })

  it('says what the server has against it', async () => {
    const { page } = standInPage(({ method }) => (method === 'GET' ? new Error('the store is away') : undefined))
    const all = await sent(inviteForm(page, { done: () => undefined }), ['emp', ''])
    expect(statusIn(all)).toBe('the store is away')
  })

  it('copies with a button; where that is not possible, the text is selected', async () => {
    const copies: string[] = []
    const { page } = standInPage(() => undefined)
    const copy = async (text: string): Promise<void> => {
      copies.push(text)
      if (text === invitation.token) throw new Error('not allowed')
    }
    const all = make('div', {}, ...invitationNodes({ ...page, copy }, invitation))
    for (const button of every(all, 'button')) await button.fire('click')
    expect(copies).toEqual([invitation.url, invitation.token])
    expect(every(all, 'input').map(({ isSelected }) => isSelected)).toEqual([false, true])
    expect(
      every(all, 'span')
        .filter(({ attributes }) => attributes['role'] === 'status')
        .map((said) => said.textContent),
    ).toEqual([' copied', ' is selected: copy it with the keyboard'])
  })
})
