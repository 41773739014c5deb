import { describe, expect, it } from 'vitest'
import { moduleCaller } from '../../../adapters/roaming/ocpi/call.ts'
import { success } from '../../../adapters/roaming/ocpi/envelope.ts'
import { noQuirks, type Quirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Exchange, ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import type { Reached, Wanted } from '../../../core/ports/roaming-partners.ts'
import { network, operator, platform, said } from '../../support/roaming-platforms.ts'

const url = 'https://emp.example/ocpi/receiver/locations'
const abc = { country: 'DE', party: 'ABC' }
const emp = { country: 'NL', party: 'EMP' }

interface Called {
  readonly reply: ModuleReply
  readonly wanted: Wanted | undefined
  readonly line: Exchange | undefined
}

/** One call, to whom and how, and what then comes back. */
const called = async (
  reached: Reached,
  call: Partial<ModuleCall> = {},
  more: Partial<RoamingPartner> = {},
): Promise<Called> => {
  const { parts } = platform(network(), { host: 'cpo.example', role: 'CPO' })
  let wanted: Wanted | undefined
  let line: Exchange | undefined
  const reach = async (one: Wanted): Promise<Reached> => {
    wanted = one
    return reached
  }
  const ledger = { note: (one: Exchange) => void (line = one) }
  const partner: RoamingPartner = {
    tenant: 'default',
    id: 'emp',
    state: 'registered',
    since: 0,
    version: '2.2.1',
    token: parts.sealer.seal('theirs'),
    roles: [{ role: 'EMSP', code: emp, name: 'E' }],
    endpoints: [{ module: 'locations', role: 'RECEIVER', url }],
    quirks: noQuirks,
    checks: [],
    changedAt: 0,
    ...more,
  }
  const reply = await moduleCaller({ ...parts, reach, ledger })(partner, {
    module: 'locations',
    role: 'RECEIVER',
    method: 'PUT',
    kind: 'push',
    ...call,
  })
  return { reply, wanted, line }
}

const answered = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reached => ({
  type: 'answered',
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  isWhole: true,
  headers,
})
const fine = answered(200, { status_code: 1000, timestamp: '2026-11-27T12:00:00Z' })

describe('what a partner answers to a call', () => {
  it.each([
    ['1000', answered(200, { status_code: 1000, data: 1 }), { type: 'done', data: 1, code: 1000, status: 200 }],
    ['a success of its own', answered(201, { status_code: 1900 }), { type: 'done', code: 1900, status: 201 }],
    ['no data at all', answered(200, { status_code: 1000 }), { type: 'done', data: undefined }],
    [
      '2001: it will not',
      answered(200, { status_code: 2001, status_message: 'no' }),
      { type: 'refused', code: 2001, reason: 'it answered 2001: no' },
    ],
    ['3000: it cannot now', answered(200, { status_code: 3000 }), { type: 'failed', status: 200 }],
    ['a code of no kind', answered(200, { status_code: 4999 }), { type: 'failed' }],
    ['404 in an envelope', answered(404, { status_code: 2003 }), { type: 'refused', status: 404, code: 2003 }],
    ['404 without one', answered(404, 'Not here'), { type: 'refused', status: 404 }],
    ['1000 in a 500', answered(500, { status_code: 1000 }), { type: 'failed', status: 500 }],
    ['429, and when to come again', answered(429, '', { 'retry-after': '7' }), { type: 'failed', retryAfterMs: 7_000 }],
    ['429, and a date that nobody reads', answered(429, '', { 'retry-after': 'Fri' }), { type: 'failed', status: 429 }],
    ['a redirect', answered(302, ''), { type: 'refused', status: 302 }],
    ['200, and a page', answered(200, '<html>'), { type: 'unclear' }],
    ['an envelope with no code', answered(200, { data: [] }), { type: 'unclear' }],
    ['a code that is a text', answered(200, { status_code: '1000' }), { type: 'unclear' }],
    ['half of it', { ...answered(200, '{"sta'), isWhole: false } as Reached, { type: 'unclear' }],
    [
      'nothing: it was never reached',
      { type: 'unreached', reason: 'gone' } as const,
      { type: 'failed', reason: 'gone' },
    ],
    ['nothing in time', { type: 'unclear', reason: 'late' } as const, { type: 'unclear', reason: 'late' }],
  ] as const)('%s', async (_, reached, expected) => {
    const { reply, line } = await called(reached)
    expect(reply).toMatchObject(expected)
    expect(line?.result).toBe(expected.type)
  })
})

describe('a call', () => {
  it('is in the ledger with what could not be said in it', async () => {
    const { line } = await called(fine, {
      body: { id: 'L1' },
      object: 'L1',
      attempt: 3,
      losses: [{ pointer: '/evses/0/parking', detail: 'there is no such field' }],
    })
    expect(line).toMatchObject({
      tenant: 'default',
      partner: 'emp',
      kind: 'push',
      module: 'locations',
      object: 'L1',
      attempt: 3,
      bytesOut: 11,
      status: 200,
      code: 1000,
      result: 'done',
      detail: 'not said: /evses/*/parking: there is no such field',
    })
  })

  it('has every part of its path written so that it stays one', async () => {
    const { wanted } = await called(fine, { path: ['DE', 'ABC', '../a/b?c#d é'], query: { type: 'APP_USER' } })
    expect(wanted?.url).toBe(`${url}/DE/ABC/..%2Fa%2Fb%3Fc%23d%20%C3%A9?type=APP_USER`)
  })

  it('says who speaks to whom, and has a name of its own', async () => {
    const { wanted } = await called(fine, { from: abc, to: emp })
    expect(wanted?.headers).toMatchObject({
      'ocpi-from-country-code': 'DE',
      'ocpi-from-party-id': 'ABC',
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'EMP',
      'x-request-id': expect.stringMatching(/^.{36}$/),
      'x-correlation-id': expect.stringMatching(/^.{36}$/),
    })
  })

  it('says nothing of parties to who does not bear that', async () => {
    const quirks = { ...noQuirks, namesParties: false }
    const { wanted } = await called(fine, { from: abc, to: emp }, { quirks })
    expect(Object.keys(wanted?.headers ?? {}).filter((name) => name.startsWith('ocpi'))).toEqual([])
  })

  it('has a slash at its end for who needs one, but not where the partner gave the address', async () => {
    const quirks = { ...noQuirks, trailingSlash: true }
    const first = await called(fine, { path: ['DE'] }, { quirks })
    const next = await called(fine, { url: 'https://emp.example/next?page=2' }, { quirks })
    expect([first.wanted?.url, next.wanted?.url]).toEqual([`${url}/DE/`, 'https://emp.example/next?page=2'])
  })

  it('takes one object out of a list of whom that is known, and a list as it is', async () => {
    const quirks = { ...noQuirks, dataAsList: true }
    const one = answered(200, { status_code: 1000, data: [{ id: 'L1' }] })
    const object = await called(one, { method: 'GET', path: ['DE', 'ABC', 'L1'], kind: 'pull' }, { quirks })
    const list = await called(one, { method: 'GET', kind: 'pull' }, { quirks })
    expect([object.reply, list.reply].map((reply) => reply.type === 'done' && reply.data)).toEqual([
      { id: 'L1' },
      [{ id: 'L1' }],
    ])
  })

  it.each([
    ['has no such module', { endpoints: [] }],
    ['is not registered', { state: 'ended' as const }],
    ['has an address that is none', { endpoints: [{ module: 'locations', role: 'RECEIVER' as const, url: '//' }] }],
    [
      'has an address in the clear',
      { endpoints: [{ module: 'locations', role: 'RECEIVER' as const, url: 'http://emp.example' }] },
    ],
  ])('goes to nobody who %s', async (_, more) => {
    const { reply, wanted } = await called(fine, {}, more)
    expect([reply.type, wanted]).toEqual(['absent', undefined])
  })
})

describe('what we answer a partner', () => {
  const answer = async (quirks: Partial<Quirks>) => {
    const net = network()
    const cpo = platform(net, { host: 'cpo.example', role: 'CPO' })
    const other = platform(net, { host: 'emp.example', role: 'EMSP' })
    await cpo.knows('emp', quirks)
    await other.knows('cpo')
    const made = { ...success(), http: 201 }
    Object.assign(cpo.parts, {
      modules: [{ module: 'locations', role: 'SENDER', as: 'CPO', answer: async () => made }],
    })
    const given = await cpo.desk.invite({ tenant: 'default', partner: 'emp' }, operator)
    if (typeof given === 'string') throw new Error(given)
    await other.desk.connect({ tenant: 'default', partner: 'cpo' }, given, operator)
    const authorization = `Token ${Buffer.from(await other.tokenFor('cpo')).toString('base64')}`
    return said(net, 'https://cpo.example/ocpi/default/2.3.0/sender/locations', { authorization })
  }

  it.each([
    ['201 where something was made', {}, 201],
    ['200 all the same, to who takes nothing else', { only200: true }, 200],
  ])('is %s', async (_, quirks, http) => {
    expect((await answer(quirks)).http).toBe(http)
  })
})
