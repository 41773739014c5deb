import { describe, expect, it } from 'vitest'
import { keepToken } from '../../../adapters/roaming/ocpi/keep-token.ts'
import { pullTokens } from '../../../adapters/roaming/ocpi/pull-tokens.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { type Chore, type ChoreOutcome, type ChoreProgress, noProgress } from '../../../core/ports/roaming-chores.ts'
import type { ModuleCall, ModuleReply, ReceivedObject } from '../../../core/ports/roaming.ts'
import type { ReceivedTokens } from '../../../core/ports/roaming-tokens.ts'
import type { Token } from '../../../core/roaming/model.ts'
import { TestClock } from '../../support/clock.ts'
import { cpo, type MemoryReceived, memoryReceived, second } from '../../support/received.ts'

const emp = (more: Partial<RoamingPartner> = {}): RoamingPartner =>
  cpo({
    id: 'emp',
    roles: [{ role: 'EMSP', code: { country: 'DE', party: 'EMP' }, name: 'EMP' }],
    endpoints: [{ module: 'tokens', role: 'SENDER', url: 'https://emp.example/tokens' }],
    ...more,
  })

const token = (uid: string, more: Partial<Token> = {}): Token => ({
  country_code: 'DE',
  party_id: 'EMP',
  uid,
  type: 'RFID',
  contract_id: 'DE-EMP-C00000001',
  issuer: 'EMP',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: second(0),
  ...more,
})

/** Page after page, as one commit each: what is as it was is not written. */
const tokensIn = (received: MemoryReceived, pages: number[]): ReceivedTokens => ({
  find: (ref, partner) => received.find(ref, partner),
  async change(_, told, tokens) {
    pages.push(tokens.length)
    const answers: (ReceivedObject | 'stale' | 'unknown')[] = []
    for (const { ref, decide } of tokens) {
      const had = await received.find(ref)
      const body = decide(had)
      const isSame = had !== undefined && JSON.stringify(body) === JSON.stringify(had.body)
      answers.push(isSame ? had : await received.change(ref, told, decide))
    }
    return answers
  },
})

/** An EMP with a list of two to a page, and what it does otherwise. */
const reading = (list: () => readonly unknown[], meddle?: (page: number) => ModuleReply | undefined) => {
  const clock = new TestClock()
  const received = memoryReceived()
  const [pages, asked]: [number[], string[]] = [[], []]
  const call = async (_: RoamingPartner, { url, query = {} }: ModuleCall): Promise<ModuleReply> => {
    const at = new URL(url ?? 'https://emp.example/tokens')
    for (const [name, value] of Object.entries(query)) at.searchParams.set(name, value)
    asked.push(at.search)
    const offset = Number(at.searchParams.get('offset') ?? 0)
    at.searchParams.set('offset', String(offset + 2))
    const headers = offset + 2 < list().length ? { link: `<${at.href}>; rel="next"` } : {}
    const data = list().slice(offset, offset + 2)
    return meddle?.(asked.length) ?? { type: 'done', data, code: 1000, status: 200, headers }
  }
  const work = pullTokens({ call, timers: clock, receivedTokens: tokensIn(received, pages), clock })
  return {
    received,
    pages,
    asked,
    async pulled(
      chore: Partial<Chore> = {},
      keep: (progress: ChoreProgress) => boolean = () => true,
      partner = emp(),
    ): Promise<ChoreOutcome> {
      const running = work(
        partner,
        {
          tenant: 'default',
          partner: 'emp',
          kind: 'pull',
          module: 'tokens',
          state: 'running',
          due: 0,
          wanted: { whole: true },
          run: 1,
          attempt: 0,
          progress: noProgress,
          beganAt: clock.now(),
          ...chore,
        },
        async (progress) => keep(progress),
      )
      await clock.pass(600_000)
      return running
    },
    ids: () => received.all().map(({ id, isRemoved }) => (isRemoved ? `${id} removed` : id)),
  }
}

describe('a pull of the tokens of an EMP', () => {
  it('keeps all of them, a page in one commit; the next one asks for what has changed since an hour before', async () => {
    const at = reading(() => ['A', 'B', 'C', 'D', 'E'].map((uid) => token(uid)))
    const outcome = await at.pulled()
    expect([at.ids(), at.pages]).toEqual([
      ['A', 'B', 'C', 'D', 'E'],
      [2, 2, 1],
    ])
    expect(outcome).toMatchObject({
      type: 'done',
      progress: { items: 5, counts: { changed: 5 } },
      next: { whole: false, from: new TestClock().now() - 3_600_000 },
    })
  })

  it('the second time finds the same; one that is no longer in the list stays: tokens are never removed', async () => {
    let list = ['A', 'B', 'C'].map((uid) => token(uid))
    const at = reading(() => list)
    await at.pulled()
    list = [token('A'), token('B', { valid: false, last_updated: second(9) })]
    const { progress } = (await at.pulled()) as { progress: ChoreProgress }
    expect([progress.counts, at.ids()]).toEqual([{ same: 1, changed: 1 }, ['A', 'B', 'C']])
  })

  it('what is older than what was pushed changes nothing', async () => {
    const at = reading(() => [token('A', { valid: true, last_updated: second(1) })])
    const owner = { country: 'DE', party: 'EMP' }
    const ref = { tenant: 'default', module: 'tokens', owner, id: 'A' } as const
    await at.received.change(ref, { partner: 'emp', at: 1 }, () => ({
      ...token('A', { valid: false, last_updated: second(5) }),
    }))
    const { progress } = (await at.pulled()) as { progress: ChoreProgress }
    expect([progress.counts, at.received.all()[0]?.body]).toMatchObject([{ same: 1 }, { valid: false }])
  })

  it('what is none, and what is of a party that is not on the platform, is refused and noted; the rest is kept', async () => {
    const list = [token('A'), { uid: 'B' }, 7, token('C', { party_id: 'XYZ' }), token('D')]
    const at = reading(() => list)
    const { progress } = (await at.pulled()) as { progress: ChoreProgress }
    expect([at.ids(), progress.counts, progress.notes.length, progress.notes.at(-1)]).toEqual([
      ['A', 'D'],
      { changed: 2, refused: 3 },
      3,
      'C: its party is not on the platform',
    ])
  })

  it('that was cut short goes on where it was, and one that somebody else has taken over is left', async () => {
    const list = ['A', 'B', 'C', 'D', 'E'].map((uid) => token(uid))
    let kept: ChoreProgress = noProgress
    const first = reading(() => list)
    const left = await first.pulled({}, (progress) => {
      kept = progress
      return false
    })
    const second_ = reading(() => list)
    const done = await second_.pulled({ progress: kept })
    expect([left.type, first.ids(), done.type, second_.ids()]).toEqual(['left', ['A', 'B'], 'done', ['C', 'D', 'E']])
  })

  it('that the partner refuses has failed, with what was kept before', async () => {
    const at = reading(
      () => ['A', 'B', 'C'].map((uid) => token(uid)),
      (page) => (page > 1 ? { type: 'refused', status: 403, reason: 'forbidden' } : undefined),
    )
    expect([await at.pulled(), at.ids()]).toMatchObject([{ type: 'failed', progress: { items: 2 } }, ['A', 'B']])
  })

  it('over 2.1.1, where no token says whose it is, they are the only EMP’s there', async () => {
    const { country_code: _, party_id: __, contract_id: auth_id, ...old } = token('A')
    const at = reading(() => [{ ...old, auth_id }])
    await at.pulled({}, undefined, emp({ version: '2.1.1' }))
    expect(at.received.all()[0]).toMatchObject({ owner: { country: 'DE', party: 'EMP' }, body: { uid: 'A' } })
  })
})

describe('a token that came with an answer', () => {
  it('is kept like one in a list, and not at all where its party is not on the platform', async () => {
    const [received, clock] = [memoryReceived(), new TestClock()]
    const parts = { receivedTokens: tokensIn(received, []), clock }
    await keepToken(parts, emp(), token('A'))
    await keepToken(parts, emp(), token('B', { party_id: 'XYZ' }))
    await keepToken(parts, emp(), token('A', { valid: false, last_updated: '2020-01-01T00:00:00Z' }))
    expect(received.all()).toMatchObject([{ id: 'A', partner: 'emp', body: { valid: true } }])
  })
})
