import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorizationStatuses } from '../../../core/domain/authorization.ts'
import { tokenTypes, type Whitelist, whitelists } from '../../../core/domain/token.ts'
import type { AuthorizationInfo } from '../../../core/roaming/model.ts'
import {
  bestOf,
  canBeAskedAbout,
  type Circumstances,
  commandedMs,
  planOf,
  presentedMs,
  type RtaAnswer,
  statusAfter,
} from '../../../core/roaming/rta.ts'

const plain: Circumstances = {
  type: 'RFID',
  isAccepted: true,
  occasion: 'authorize',
  isLate: false,
  isCharging: false,
  rememberS: 0,
}

const planFor = (whitelist: Whitelist | undefined, more: Partial<Circumstances> = {}): string =>
  planOf({ ...plain, ...(whitelist !== undefined && { whitelist }), ...more })

describe('whether an EMP is asked about its token', () => {
  it('follows the whitelist: NEVER and ALLOWED_OFFLINE are asked about, ALLOWED and ALWAYS are not', () => {
    expect(Object.fromEntries(whitelists.map((one) => [one, planFor(one)]))).toEqual({
      ALWAYS: 'own',
      ALLOWED: 'own',
      ALLOWED_OFFLINE: 'ask',
      NEVER: 'ask',
    })
  })

  it('one that nobody has told us of is asked about', () => {
    expect(planFor(undefined, { isAccepted: false })).toBe('ask')
  })

  it('one that is not valid is asked about only where it is NEVER', () => {
    expect(whitelists.map((one) => planFor(one, { isAccepted: false }))).toEqual(['own', 'own', 'own', 'ask'])
  })

  it('whoever was let in by an app is never asked about', () => {
    expect([undefined, ...whitelists].map((one) => planFor(one, { type: 'APP' }))).toEqual(
      Array.from({ length: 5 }, () => 'own'),
    )
  })

  it('a card is not asked about for 15 minutes at the station where its EMP has started a session', () => {
    expect(planFor('NEVER', { commandedAgo: commandedMs - 1 })).toBe('allowed')
    expect(planFor('NEVER', { commandedAgo: commandedMs })).toBe('ask')
  })

  it('one that its EMP has just started a session with is let in there, whatever we were told of it', () => {
    const commanded = { isAccepted: false, commandedAgo: commandedMs - 1 }
    expect([undefined, ...whitelists].map((one) => planFor(one, commanded))).toEqual(
      Array.from({ length: 5 }, () => 'allowed'),
    )
    expect(whitelists.map((one) => planFor(one, { ...commanded, commandedAgo: commandedMs }))).toEqual([
      'own',
      'own',
      'own',
      'ask',
    ])
  })

  it('whoever was let in is not asked about again when the session begins', () => {
    expect(planFor('NEVER', { occasion: 'start', allowedAgo: presentedMs - 1 })).toBe('allowed')
    expect(planFor('NEVER', { occasion: 'start', allowedAgo: presentedMs })).toBe('ask')
    expect(planFor('NEVER', { allowedAgo: 1 })).toBe('ask')
  })

  it('whoever is charging may end its session without its EMP', () => {
    expect(planFor('NEVER', { isCharging: true })).toBe('allowed')
    expect(planFor('NEVER', { isCharging: true, occasion: 'start' })).toBe('ask')
  })

  it('a yes is remembered for as long as the operator says, but for NEVER', () => {
    const yes = { allowedAgo: 59_999, rememberS: 60 }
    expect([planFor('ALLOWED_OFFLINE', yes), planFor(undefined, yes), planFor('NEVER', yes)]).toEqual([
      'allowed',
      'allowed',
      'ask',
    ])
    expect(planFor('ALLOWED_OFFLINE', { allowedAgo: 60_000, rememberS: 60 })).toBe('ask')
  })

  it('what was presented to a station that was offline is what ALLOWED_OFFLINE is for', () => {
    expect([planFor('ALLOWED_OFFLINE', { isLate: true }), planFor('NEVER', { isLate: true })]).toEqual(['own', 'ask'])
  })

  it('is decided for everything that can be, and nobody is let in by us whom the whitelist forbids to', () => {
    const circumstances = fc.record(
      {
        whitelist: fc.constantFrom(...whitelists),
        type: fc.constantFrom(...tokenTypes),
        isAccepted: fc.boolean(),
        occasion: fc.constantFrom('authorize' as const, 'start' as const),
        isLate: fc.boolean(),
        commandedAgo: fc.nat(commandedMs * 2),
        allowedAgo: fc.nat(presentedMs * 2),
        isCharging: fc.boolean(),
        rememberS: fc.nat(600),
      },
      { requiredKeys: ['isAccepted', 'occasion', 'isLate', 'isCharging', 'rememberS'] },
    )
    fc.assert(
      fc.property(circumstances, (c) => {
        const plan = planOf(c)
        if (!c.isAccepted && (c.commandedAgo ?? Infinity) < commandedMs) expect(plan).toBe('allowed')
        else if (c.type === 'APP' || c.whitelist === 'ALWAYS' || c.whitelist === 'ALLOWED') expect(plan).toBe('own')
        else if (c.whitelist === 'NEVER' || c.whitelist === undefined) expect(plan).not.toBe('own')
        // without anything that has been before, there is nothing to go by but the partner
        if (c.whitelist === 'NEVER' && c.commandedAgo === undefined && c.allowedAgo === undefined && !c.isCharging)
          expect(plan).toBe(c.type === 'APP' ? 'own' : 'ask')
      }),
    )
  })
})

const said = (allowed: AuthorizationInfo['allowed'], more: Partial<AuthorizationInfo> = {}): RtaAnswer => ({
  type: 'said',
  info: { allowed, token: {} as AuthorizationInfo['token'], ...more },
})
const silent: RtaAnswer = { type: 'silent', reason: 'no answer in time' }

const after = (
  answer: RtaAnswer,
  whitelist: Whitelist | undefined,
  { whenUnreachable = 'refuse' as 'refuse' | 'allow', own = 'Accepted' as const, asked = undefined as never } = {},
) => statusAfter(answer, { whitelist, own, policy: { whenUnreachable }, asked })

describe('what a station is told', () => {
  it('is what the EMP says', () => {
    const words = ['ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED'] as const
    expect(words.map((word) => after(said(word), 'NEVER'))).toEqual([
      'Accepted',
      'Blocked',
      'Expired',
      'NoCredit',
      'Invalid',
    ])
  })

  it('404 or 2004: is that the token is not valid, whatever we were told of it', () => {
    expect([undefined, ...whitelists].map((one) => after({ type: 'unknown' }, one))).toEqual(
      Array.from({ length: 5 }, () => 'Invalid'),
    )
  })

  it('RTA timeout: ALLOWED_OFFLINE may charge, NEVER only by the policy of the partner, an unknown one never', () => {
    const rows = (['refuse', 'allow'] as const).map((whenUnreachable) => [
      after(silent, 'ALLOWED_OFFLINE', { whenUnreachable }),
      after(silent, 'NEVER', { whenUnreachable }),
      statusAfter(silent, { whitelist: undefined, own: 'Invalid', policy: { whenUnreachable }, asked: undefined }),
    ])
    expect(rows).toEqual([
      ['Accepted', 'Invalid', 'Invalid'],
      ['Accepted', 'Accepted', 'Invalid'],
    ])
  })

  it('valid=false + NEVER: is never a yes of our own', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...authorizationStatuses.filter((one) => one !== 'Accepted')),
        fc.constantFrom('refuse' as const, 'allow' as const),
        fc.constantFrom(undefined, ...whitelists),
        (own, whenUnreachable, whitelist) => {
          expect(statusAfter(silent, { whitelist, own, policy: { whenUnreachable }, asked: undefined })).not.toBe(
            'Accepted',
          )
        },
      ),
    )
  })

  it('is no where the EMP allows other EVSEs than the one, or another location', () => {
    const asked = { location_id: 'LOC1', evse_uids: ['E1'] }
    const at = (location: AuthorizationInfo['location']) =>
      statusAfter(said('ALLOWED', location && { location }), {
        whitelist: 'NEVER',
        own: 'Accepted',
        policy: { whenUnreachable: 'refuse' },
        asked,
      })
    expect([
      at(undefined),
      at({ location_id: 'loc1' }),
      at({ location_id: 'LOC1', evse_uids: ['e1', 'E2'] }),
      at({ location_id: 'LOC1', evse_uids: ['E2'] }),
      at({ location_id: 'LOC2', evse_uids: ['E1'] }),
    ]).toEqual(['Accepted', 'Accepted', 'Accepted', 'Invalid', 'Invalid'])
  })

  it('is by the answer that says the most, where several were asked', () => {
    const of = (...answers: readonly RtaAnswer[]) => bestOf(answers.map((answer) => ({ answer })))?.answer
    expect(of(silent, { type: 'unknown' }, said('BLOCKED'), said('ALLOWED'))).toEqual(said('ALLOWED'))
    expect(of(silent, { type: 'unknown' }, said('BLOCKED'))).toEqual(said('BLOCKED'))
    expect(of(silent, { type: 'unknown' })).toEqual({ type: 'unknown' })
    expect(of()).toBeUndefined()
  })
})

describe('what can be asked about', () => {
  it('is up to 36 characters of ASCII', () => {
    expect(['A', 'A B', 'x'.repeat(36)].map(canBeAskedAbout)).toEqual([true, true, true])
    expect(['', ' A', 'x'.repeat(37), 'Ü', 'A\u0000'].map(canBeAskedAbout)).toEqual([false, false, false, false, false])
  })
})
