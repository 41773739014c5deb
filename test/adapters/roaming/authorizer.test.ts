import { describe, expect, it } from 'vitest'
import { roamingAuthorizer } from '../../../adapters/roaming/authorizer.ts'
import type { RtaQuestion } from '../../../adapters/roaming/ocpi/ask-authorization.ts'
import type { Authorization } from '../../../core/domain/authorization.ts'
import { type AuthorizationPolicy, noQuirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Token, Whitelist } from '../../../core/domain/token.ts'
import type { Presentation } from '../../../core/ports/roaming-authorizer.ts'
import type { AtStation, Yes } from '../../../core/ports/roaming-tokens.ts'
import type { AuthorizationInfo, Token as TokenObject } from '../../../core/roaming/model.ts'
import type { RtaAnswer } from '../../../core/roaming/rta.ts'
import { TestClock } from '../../support/clock.ts'
import { silence } from '../../support/quiet.ts'

const object = (uid: string, more: Partial<TokenObject> = {}): TokenObject => ({
  country_code: 'DE',
  party_id: 'EMP',
  uid,
  type: 'RFID',
  contract_id: 'DE-EMP-C00000001',
  issuer: 'EMP',
  valid: true,
  whitelist: 'NEVER',
  last_updated: '2026-11-24T12:00:00Z',
  ...more,
})

const says = (allowed: AuthorizationInfo['allowed'], more: Partial<AuthorizationInfo> = {}): RtaAnswer => ({
  type: 'said',
  info: { allowed, token: object('CARD1'), authorization_reference: 'REF1', ...more },
})

const known = (whitelist: Whitelist, more: Partial<Token> = {}): Token => ({
  uid: 'CARD1',
  issuer: 'DE*EMP',
  type: 'RFID',
  status: 'Accepted',
  contract: 'DE-EMP-C00000001',
  roaming: { partner: 'emp', whitelist, type: 'RFID' },
  ...more,
})

type Emp = (question: RtaQuestion) => Promise<RtaAnswer>

interface Given {
  readonly policy?: Partial<AuthorizationPolicy>
  readonly here?: Partial<AtStation>
  /** So long it takes to write down a yes. */
  readonly writeMs?: number
  readonly keep?: () => Promise<void>
  readonly note?: () => Promise<void>
}

/** Partners by their names, each with what it answers, and a station that stands at LOC1. */
const station = (
  emps: Readonly<Record<string, Emp>>,
  { policy = {}, here = {}, writeMs = 0, keep, note }: Given = {},
) => {
  const clock = new TestClock()
  const asked: { readonly partner: string; readonly question: RtaQuestion }[] = []
  const notes: Yes[] = []
  const kept: TokenObject[] = []
  const took: string[] = []
  const authorizer = roamingAuthorizer({
    async ask(partner, question) {
      asked.push({ partner: partner.id, question })
      return (await emps[partner.id]?.(question)) ?? { type: 'silent', reason: 'nobody is there' }
    },
    partners: {
      of: async () =>
        Object.keys(emps).map((id): RoamingPartner => ({
          tenant: 'default',
          id,
          state: 'registered',
          since: 0,
          roles: [],
          endpoints: [],
          quirks: noQuirks,
          authorization: {
            asksUnknown: true,
            whenUnreachable: 'refuse',
            rememberS: 0,
            needsLocation: false,
            ...policy,
          },
          checks: [],
          changedAt: 0,
        })),
    },
    authorizations: {
      atStation: async () => {
        const last = notes.at(-1)
        return { isCharging: false, ...(last !== undefined && { allowedAt: last.at }), ...here }
      },
      placeOf: async (_, evse) => ({
        location_id: 'LOC1',
        evse_uids: evse === undefined ? ['E1', 'E2'] : [`E${evse}`],
      }),
      note:
        note ??
        (async (yes) => {
          if (writeMs > 0) await new Promise<void>((done) => clock.after(writeMs, done))
          notes.push(yes)
        }),
    },
    keep: keep ?? (async (_, token) => void kept.push(token)),
    clock,
    timers: clock,
    telemetry: { took: (name, ms, label) => void took.push(`${name} ${ms} ${label}`) },
    log: silence,
  })
  const presents = (more: Partial<Presentation> = {}): Promise<Authorization> =>
    authorizer.authorize({
      ref: { tenant: 'default', identity: 'CP-1' },
      uid: 'CARD1',
      own: more.known === undefined ? { status: 'Invalid' } : { status: 'Accepted', contract: 'DE-EMP-C00000001' },
      occasion: 'authorize',
      isLate: false,
      ...more,
    })
  return { clock, asked, notes, kept, took, presents }
}

const late =
  (clock: () => TestClock, ms: number, answer: RtaAnswer): Emp =>
  () =>
    new Promise((done) => clock().after(ms, () => done(answer)))

describe('a driver of a partner at a station', () => {
  it('is let in as the EMP says, which is asked about this location and these EVSEs; its reference is kept', async () => {
    const { presents, asked, notes, kept } = station({ emp: async () => says('ALLOWED') })
    expect(await presents({ known: known('NEVER') })).toMatchObject({
      status: 'Accepted',
      contract: 'DE-EMP-C00000001',
    })
    expect(asked).toMatchObject([
      {
        partner: 'emp',
        question: {
          uid: 'CARD1',
          type: 'RFID',
          to: { country: 'DE', party: 'EMP' },
          place: { location_id: 'LOC1', evse_uids: ['E1', 'E2'] },
        },
      },
    ])
    expect(notes).toMatchObject([{ partner: 'emp', reference: 'REF1', uid: 'CARD1', type: 'RFID' }])
    expect(kept).toMatchObject([{ uid: 'CARD1' }])
  })

  it('with a token nobody has told us of is let in by the partner that knows it', async () => {
    const { presents, asked, notes } = station({
      other: async () => ({ type: 'unknown' }),
      emp: async () => says('ALLOWED'),
    })
    expect(await presents()).toMatchObject({ status: 'Accepted', contract: 'DE-EMP-C00000001' })
    expect([asked.map(({ partner }) => partner), notes.map(({ partner }) => partner)]).toEqual([
      ['other', 'emp'],
      ['emp'],
    ])
  })

  it('is not asked about where the partner does not want to be asked about unknown ones', async () => {
    const { presents, asked } = station({ emp: async () => says('ALLOWED') }, { policy: { asksUnknown: false } })
    expect([await presents(), asked]).toEqual([{ status: 'Invalid' }, []])
  })

  it('is nobody where its partner is no more, whatever we were told of it', async () => {
    const { presents } = station({ other: async () => says('ALLOWED') })
    expect(await presents({ known: known('ALWAYS') })).toEqual({ status: 'Invalid' })
  })

  it('has an answer within 2.5 s where its EMP has 8 s of latency: by the whitelist of the token', async () => {
    const rows: unknown[] = []
    for (const [whitelist, whenUnreachable] of [
      ['ALLOWED_OFFLINE', 'refuse'],
      ['NEVER', 'refuse'],
      ['NEVER', 'allow'],
      [undefined, 'allow'],
    ] as const) {
      const at: ReturnType<typeof station> = station(
        { emp: late(() => at.clock, 8_000, says('ALLOWED')) },
        { policy: { whenUnreachable } },
      )
      const began = at.clock.monotonic()
      const answer = at.presents(whitelist && { known: known(whitelist) })
      let tookMs = -1
      void answer.then(() => (tookMs = at.clock.monotonic() - began))
      await at.clock.pass(10_000)
      rows.push([whitelist, whenUnreachable, (await answer).status, tookMs])
    }
    expect(rows).toEqual([
      ['ALLOWED_OFFLINE', 'refuse', 'Accepted', 2_500],
      ['NEVER', 'refuse', 'Invalid', 2_500],
      ['NEVER', 'allow', 'Accepted', 2_500],
      [undefined, 'allow', 'Invalid', 2_500],
    ])
  })

  it('does not wait for a slow partner where a fast one has said yes', async () => {
    const at: ReturnType<typeof station> = station({
      slow: late(() => at.clock, 8_000, { type: 'unknown' }),
      emp: async () => says('ALLOWED'),
    })
    expect(await at.presents()).toMatchObject({ status: 'Accepted' })
    expect(at.clock.monotonic()).toBe(new TestClock().monotonic())
  })

  it('who presents its card twice at once is asked about once', async () => {
    const at: ReturnType<typeof station> = station({ emp: late(() => at.clock, 300, says('ALLOWED')) })
    const both = Promise.all([at.presents({ known: known('NEVER') }), at.presents({ known: known('NEVER') })])
    await at.clock.pass(300)
    expect([(await both).map(({ status }) => status), at.asked.length]).toEqual([['Accepted', 'Accepted'], 1])
    void at.presents({ known: known('NEVER') })
    await at.clock.pass(300)
    expect(at.asked).toHaveLength(2)
  })

  it('whose station begins a session in the moment of the yes is asked about once', async () => {
    const { clock, asked, presents } = station({ emp: async () => says('ALLOWED') }, { writeMs: 100 })
    const card = await presents()
    const session = presents({ occasion: 'start', known: known('NEVER') })
    await clock.pass(100)
    expect([card.status, (await session).status, asked.length]).toEqual(['Accepted', 'Accepted', 1])
  })

  it('RFID within 15 min of a START_SESSION for it is let in, and not asked about', async () => {
    const { presents, asked } = station(
      { emp: async () => says('BLOCKED') },
      { here: { commandedAt: new TestClock().now() - 899_000 } },
    )
    expect([(await presents({ known: known('NEVER') })).status, asked]).toEqual(['Accepted', []])
  })

  it('valid=false + NEVER: is asked about all the same, and let in where its EMP says so', async () => {
    const { presents } = station({ emp: async () => says('ALLOWED') })
    const blocked = { known: known('NEVER', { status: 'Blocked' }), own: { status: 'Blocked' } } as const
    expect((await presents(blocked)).status).toBe('Accepted')
  })

  it('is refused for what its EMP says, and nothing is kept of it but its token', async () => {
    const { presents, notes, kept } = station({ emp: async () => says('NO_CREDIT') })
    expect((await presents({ known: known('ALLOWED_OFFLINE') })).status).toBe('NoCredit')
    expect([notes, kept.length]).toEqual([[], 1])
  })

  it('is told with the group of its token, however long', async () => {
    const { presents, notes } = station({
      emp: async () => says('ALLOWED', { token: object('CARD1', { group_id: 'G'.repeat(36) }) }),
    })
    expect(await presents({ known: known('NEVER') })).toMatchObject({ status: 'Accepted', groupId: 'G'.repeat(36) })
    expect(notes).toHaveLength(1)
  })

  it('is measured from card to answer', async () => {
    const at: ReturnType<typeof station> = station({ emp: late(() => at.clock, 120, says('ALLOWED')) })
    const answer = at.presents({ known: known('NEVER') })
    await at.clock.pass(120)
    await answer
    expect(at.took).toEqual(['roaming.rta.duration 120 Accepted'])
  })
  it('is measured until nobody waits for its EMP any more; whoever joins is measured from its own card on', async () => {
    const at: ReturnType<typeof station> = station({ emp: late(() => at.clock, 8_000, says('ALLOWED')) })
    const first = at.presents({ known: known('NEVER') })
    await at.clock.pass(500)
    const second = at.presents({ known: known('NEVER') })
    await at.clock.pass(2_000)
    await Promise.all([first, second])
    expect(at.took.toSorted()).toEqual(['roaming.rta.duration 2000 Invalid', 'roaming.rta.duration 2500 Invalid'])
  })

  it('is not measured where nobody is asked: that is no real-time authorization', async () => {
    const at = station({ emp: async () => says('ALLOWED') }, { here: { allowedAt: new TestClock().now() - 1_000 } })
    await at.presents({ known: known('ALLOWED') })
    await at.presents({ known: known('NEVER'), occasion: 'start' })
    expect([at.took, at.asked]).toEqual([[], []])
  })

  it('is told what its EMP has said where that cannot be kept, also when its session begins', async () => {
    const lost = (): Promise<void> => Promise.reject(new Error('the database is away'))
    const answers: Authorization[] = []
    for (const given of [{ keep: lost }, { note: lost }, { keep: lost, note: lost }])
      for (const occasion of ['authorize', 'start'] as const)
        answers.push(
          await station({ emp: async () => says('ALLOWED') }, given).presents({ known: known('NEVER'), occasion }),
        )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'Accepted'))
  })

  it('does not begin its session before what its EMP has said is kept; to charge it need not wait for that', async () => {
    const kept = Promise.withResolvers<void>()
    const at = station({ emp: async () => says('ALLOWED') }, { keep: () => kept.promise })
    expect((await at.presents({ known: known('NEVER') })).status).toBe('Accepted')
    let isTold = false
    const start = at.presents({ known: known('NEVER'), occasion: 'start' }).finally(() => (isTold = true))
    await at.clock.pass(1_000)
    const before = isTold
    kept.resolve()
    expect([before, (await start).status]).toEqual([false, 'Accepted'])
  })

  it('of one partner that is slow, or of a thousand at once, delays no driver of another one', async () => {
    const at: ReturnType<typeof station> = station({
      slow: late(() => at.clock, 8_000, { type: 'unknown' }),
      fast: late(() => at.clock, 50, says('ALLOWED', { token: object('FAST') })),
    })
    const began = at.clock.monotonic()
    const of = (partner: string, n: number): Promise<readonly [string, string, number]> => {
      const uid = `${partner}-${n}`
      const roaming = { partner, whitelist: 'NEVER', type: 'RFID' } as const
      return at
        .presents({ uid, known: known('NEVER', { uid, roaming }) })
        .then(({ status }) => [partner, status, at.clock.monotonic() - began])
    }
    const all = Array.from({ length: 1_000 }, (_, n) => of('slow', n))
    const fast = Promise.all(Array.from({ length: 100 }, (_, n) => of('fast', n)))
    await at.clock.pass(50)
    expect(new Set((await fast).map(String))).toEqual(new Set(['fast,Accepted,50']))
    await at.clock.pass(2_450)
    // the first five hundred wait as long as anybody does, all others not at all
    const tookMs = (await Promise.all(all)).map(([, , ms]) => ms)
    expect([tookMs.filter((ms) => ms === 2_500).length, tookMs.filter((ms) => ms === 0).length]).toEqual([500, 500])
    // and whoever comes later is asked about again
    const asked = at.asked.length
    void of('slow', 2_000)
    await at.clock.pass(1)
    expect(at.asked.length - asked).toBe(1)
  })
})
