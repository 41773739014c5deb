import { describe, expect, it } from 'vitest'
import { askAuthorization, type RtaQuestion } from '../../../adapters/roaming/ocpi/ask-authorization.ts'
import { moduleCaller } from '../../../adapters/roaming/ocpi/call.ts'
import { noQuirks, type OcpiVersion, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { ReceivedTokens } from '../../../core/ports/roaming-tokens.ts'
import type { Json } from '../../../core/roaming/field.ts'
import type { Reach, Reached, Wanted } from '../../../core/ports/roaming-partners.ts'
import { network, platform } from '../../support/roaming-platforms.ts'

const place = { location_id: 'LOC1', evse_uids: ['E1'] }
const emp = { country: 'DE', party: 'EMP' }

const partner = (sealed: string, version: OcpiVersion): RoamingPartner => ({
  tenant: 'default',
  id: 'emp',
  state: 'registered',
  since: 0,
  version,
  token: sealed,
  roles: [{ role: 'EMSP', code: emp, name: 'EMP' }],
  endpoints: [{ module: 'tokens', role: 'SENDER', url: 'https://emp.example/tokens' }],
  quirks: noQuirks,
  checks: [],
  changedAt: 0,
})

const token = {
  country_code: 'DE',
  party_id: 'EMP',
  uid: 'CARD1',
  type: 'RFID',
  contract_id: 'DE-EMP-C00000001',
  issuer: 'EMP',
  valid: true,
  whitelist: 'NEVER',
  last_updated: '2026-11-24T12:00:00Z',
}

const answered = (text: string, status = 200): Reached => ({ type: 'answered', status, text, isWhole: true })
const enveloped = (code: number, { status = 200, data }: { status?: number; data?: unknown } = {}): Reached =>
  answered(JSON.stringify({ status_code: code, timestamp: '2026-11-24T12:00:00Z', data }), status)

/** Tokens that the partner has told us of. */
const having = (told: readonly Json[]): Pick<ReceivedTokens, 'find'> => ({
  async find(ref, by) {
    const body = told.find(({ uid }) => ref.id === uid && by === 'emp' && ref.owner.party === 'EMP')
    return body && { ...ref, partner: by, lastUpdated: 0, receivedAt: 0, isRemoved: false, body }
  },
})

/** An EMP that answers so, one after the other, and what reached it. */
const asking = async (
  answers: readonly (Reached | ((wanted: Wanted) => Promise<Reached>))[],
  {
    version = '2.3.0',
    told = [],
    ...more
  }: Partial<RtaQuestion> & { version?: OcpiVersion; told?: readonly Json[] } = {},
) => {
  const { parts, clock } = platform(network(), { host: 'cpo.example', role: 'CPO' })
  const wanted: Wanted[] = []
  const reach: Reach = async (one) => {
    const answer = answers[wanted.length]
    wanted.push(one)
    if (answer === undefined) throw new Error('nobody should have asked')
    return typeof answer === 'function' ? answer(one) : answer
  }
  const ask = askAuthorization({ call: moduleCaller({ ...parts, reach }), receivedTokens: having(told), clock })
  const question = { uid: 'CARD1', type: 'RFID', to: emp, place, withinMs: 2_500, ...more }
  const answer = await ask(partner(parts.sealer.seal('a-token-of-theirs'), version), question)
  return {
    answer,
    said: wanted.map(({ method, url, body }) => [
      method,
      url,
      body && (JSON.parse(new TextDecoder().decode(body)) as unknown),
    ]),
    timeouts: wanted.map(({ timeoutMs }) => timeoutMs),
    clock,
  }
}

const url = 'https://emp.example/tokens/CARD1/authorize?type=RFID'

describe('an EMP is asked whether its driver may charge (OCPI 2.3.0 mod_tokens, “POST authorize”)', () => {
  it('with the place of the driver, and its yes is read with its reference', async () => {
    const data = { allowed: 'ALLOWED', token, location: place, authorization_reference: 'REF1' }
    const { answer, said } = await asking([enveloped(1000, { data })])
    expect([answer, said]).toEqual([{ type: 'said', info: data }, [['POST', url, place]]])
  })

  it.each(['BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED'])('%s at HTTP 200 is an answer', async (allowed) => {
    const { answer } = await asking([enveloped(1000, { data: { allowed, token } })])
    expect(answer).toMatchObject({ type: 'said', info: { allowed } })
  })

  it('2002: is asked once more, without the place', async () => {
    const { answer, said } = await asking([enveloped(2002), enveloped(1000, { data: { allowed: 'ALLOWED', token } })])
    expect([answer.type, said]).toEqual([
      'said',
      [
        ['POST', url, place],
        ['POST', url, undefined],
      ],
    ])
  })

  it('2002 twice, or without a place, says nothing; and nobody is asked a third time', async () => {
    const both = [
      await asking([enveloped(2002), enveloped(2002)]),
      await asking([enveloped(2002)], { place: undefined as never }),
    ]
    expect(both.map(({ answer, said }) => [answer.type, said.length])).toEqual([
      ['silent', 2],
      ['silent', 1],
    ])
  })

  it.each([
    ['404 with 2004', enveloped(2004, { status: 404 })],
    ['404 with another code', enveloped(2000, { status: 404 })],
    ['404 without an envelope', answered('<h1>Not Found</h1>', 404)],
    ['404 without a word', answered('', 404)],
    ['2004 at HTTP 200', enveloped(2004)],
  ])('%s: is that it has no such token (BI-54)', async (_, answer) => {
    expect((await asking([answer])).answer).toEqual({ type: 'unknown' })
  })

  it.each([
    ['500', answered('oh', 500)],
    ['3000', enveloped(3000)],
    ['401', enveloped(2001, { status: 401 })],
    ['no JSON', answered('ALLOWED')],
    ['no data', enveloped(1000)],
    ['no token in it', enveloped(1000, { data: { allowed: 'ALLOWED' } })],
    ['no connection', { type: 'unreached', reason: 'refused' } satisfies Reached],
    ['no answer', { type: 'unclear', reason: 'no answer within 2500 ms' } satisfies Reached],
  ])('%s: is no answer', async (_, answer) => {
    expect((await asking([answer])).answer.type).toBe('silent')
  })

  it('gives it only what is left of the time for the second question', async () => {
    const { parts, clock } = platform(network(), { host: 'cpo.example', role: 'CPO' })
    const timeouts: number[] = []
    const reach: Reach = async ({ timeoutMs }) => {
      timeouts.push(timeoutMs)
      await clock.pass(2_000)
      return enveloped(2002)
    }
    const ask = askAuthorization({ call: moduleCaller({ ...parts, reach }), receivedTokens: having([]), clock })
    const sealed = parts.sealer.seal('a-token-of-theirs')
    const question = { uid: 'CARD1', type: 'RFID', place }
    await ask(partner(sealed, '2.3.0'), { ...question, withinMs: 2_500 })
    const late = await ask(partner(sealed, '2.3.0'), { ...question, withinMs: 2_000 })
    expect([timeouts, late]).toEqual([
      [2_500, 500, 2_000],
      { type: 'silent', reason: 'there is no time left to ask again' },
    ])
  })

  it.each([
    ['2.3.0', 'EMAID', 'EMAID'],
    ['2.2.1', 'EMAID', 'OTHER'],
    ['2.2.1', 'AD_HOC_USER', 'AD_HOC_USER'],
    ['2.1.1', 'AD_HOC_USER', 'OTHER'],
    ['2.1.1', 'RFID', 'RFID'],
  ] as const)('over %s a token of type %s is called %s', async (version, type, word) => {
    const { said } = await asking([enveloped(2004)], { version, type })
    expect(said[0]?.[1]).toContain(`type=${word}`)
  })

  it('over 2.1.1, whose answer has no token, it is one about the token that we were told of', async () => {
    const { answer } = await asking([enveloped(1000, { data: { allowed: 'BLOCKED' } })], {
      version: '2.1.1',
      told: [token],
    })
    expect(answer).toEqual({ type: 'said', info: { allowed: 'BLOCKED', token } })
  })

  it('over 2.1.1 about a token that nobody has told us of, is about one that is its only EMP’s, to be asked about again', async () => {
    const { answer } = await asking([enveloped(1000, { data: { allowed: 'ALLOWED' } })], { version: '2.1.1' })
    expect(answer).toMatchObject({
      type: 'said',
      info: { allowed: 'ALLOWED', token: { party_id: 'EMP', uid: 'CARD1', contract_id: 'CARD1', whitelist: 'NEVER' } },
    })
  })
})
