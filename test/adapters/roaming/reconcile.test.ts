import { describe, expect, it } from 'vitest'
import { reconcile } from '../../../adapters/roaming/ocpi/reconcile.ts'
import { reconcileCdrs } from '../../../adapters/roaming/ocpi/reconcile-cdrs.ts'
import type { ConfirmedCdr } from '../../../core/ports/roaming-cdrs.ts'
import type { Chore, ChoreOutcome } from '../../../core/ports/roaming-chores.ts'
import { noProgress } from '../../../core/ports/roaming-chores.ts'
import type { ModuleReply, ObjectRef, PublishedObject, PublishedStore } from '../../../core/ports/roaming.ts'
import type { Json } from '../../../core/roaming/field.ts'
import { fromWire } from '../../../core/roaming/wire.ts'
import { TestClock } from '../../support/clock.ts'
import { cpo, locationBody, second, tariffBody } from '../../support/received.ts'

const emp = cpo({
  id: 'emp',
  endpoints: [{ module: 'tariffs', role: 'RECEIVER', url: 'https://emp.example/ocpi/2.3.0/tariffs' }],
})

const publishedOf = (bodies: readonly { readonly id: string }[]): readonly PublishedObject[] =>
  bodies.map((body, i) => ({
    tenant: 'default',
    module: 'tariffs',
    owner: { country: 'DE', party: 'ABC' },
    id: body.id,
    serial: i + 1,
    revision: i + 1,
    lastUpdated: 0,
    isRemoved: false,
    body: fromWire(body, { kind: 'tariff', version: '2.3.0' }).object as unknown as Json,
  }))

const store = (objects: readonly PublishedObject[]): PublishedStore => ({
  count: async () => objects.length,
  list: async (_t, _m, _f, { start, limit }) => {
    const rest = objects.filter(({ serial }) => serial > ('after' in start ? start.after : 0))
    return { items: rest.slice(0, limit), isMore: rest.length > limit }
  },
  find: async () => undefined,
  since: async () => [],
})

const done = (data: unknown): ModuleReply => ({ type: 'done', data, code: 1000, status: 200, headers: {} })
const missing: ModuleReply = { type: 'refused', status: 404, reason: 'it answered 404' }

const ran = async (
  objects: readonly PublishedObject[],
  answer: (id: string) => ModuleReply,
  chore: Partial<Chore> = {},
): Promise<{ outcome: ChoreOutcome; resent: readonly string[]; asked: readonly string[] }> => {
  const resent: string[] = []
  const asked: string[] = []
  const work = reconcile({
    published: store(objects),
    call: async (_, { path = [] }) => {
      asked.push(path.join('/'))
      return answer(path.at(-1) ?? '')
    },
    clock: new TestClock(),
    confirmed: { count: async () => 0, list: async () => [], sendAnew: async () => 0 },
    resend: async (refs: readonly ObjectRef[]) => void resent.push(...refs.map(({ id }) => id)),
  })
  const outcome = await work(
    emp,
    {
      tenant: 'default',
      partner: 'emp',
      kind: 'reconcile',
      module: 'tariffs',
      state: 'running',
      due: 0,
      wanted: { whole: true },
      run: 0,
      attempt: 0,
      progress: noProgress,
      ...chore,
    },
    async () => true,
  )
  return { outcome, resent, asked }
}

describe('a reconciliation with a partner', () => {
  it('finds what it lacks and what it has otherwise, and has both told again', async () => {
    const objects = publishedOf(['T1', 'T2', 'T3'].map((id) => tariffBody(id)))
    const theirs: Readonly<Record<string, ModuleReply>> = {
      T1: done({ ...tariffBody('T1'), last_updated: second(7), x_seen: true }),
      T2: done({ ...tariffBody('T2'), currency: 'CHF' }),
      T3: missing,
    }
    const { outcome, resent, asked } = await ran(objects, (id) => theirs[id] ?? missing)
    expect([outcome, resent, asked]).toMatchObject([
      {
        type: 'done',
        progress: {
          items: 3,
          total: 3,
          counts: { same: 1, differed: 1, missing: 1, resent: 2 },
          notes: ['T2: it has another /currency', 'T3: it answered 404'],
        },
      },
      ['T2', 'T3'],
      ['DE/ABC/T1', 'DE/ABC/T2', 'DE/ABC/T3'],
    ])
  })

  it('that has all of it comes to zero', async () => {
    const objects = publishedOf(Array.from({ length: 230 }, (_, i) => tariffBody(`T${i}`)))
    const { outcome, resent } = await ran(objects, (id) => done([tariffBody(id)]))
    expect([outcome, resent]).toMatchObject([{ progress: { items: 230, counts: { same: 230 } } }, []])
  })

  it('looks at a part of what is very much, every night at another', async () => {
    const objects = publishedOf(Array.from({ length: 3_000 }, (_, i) => tariffBody(`T${i}`)))
    const nights = await Promise.all([0, 1, 2].map((run) => ran(objects, (id) => done(tariffBody(id)), { run })))
    expect([nights.map(({ asked }) => asked.length), new Set(nights.flatMap(({ asked }) => asked)).size]).toEqual([
      [1_000, 1_000, 1_000],
      3_000,
    ])
  })

  it('with one that shows nothing says so, and sends nothing', async () => {
    const { outcome, resent } = await ran(publishedOf([tariffBody('T1')]), () => ({
      type: 'refused',
      status: 405,
      reason: 'it answered 405',
    }))
    expect([outcome, resent]).toMatchObject([{ type: 'failed', reason: expect.stringContaining('does not show') }, []])
  })

  it('with one that is away takes nothing for missing', async () => {
    const objects = publishedOf(Array.from({ length: 20 }, (_, i) => tariffBody(`T${i}`)))
    const { outcome, resent, asked } = await ran(objects, () => ({ type: 'unclear', reason: 'no answer came' }))
    expect([outcome.type, resent, asked.length]).toEqual(['failed', [], 5])
  })

  it('goes on where it was left', async () => {
    const objects = publishedOf(Array.from({ length: 4 }, (_, i) => tariffBody(`T${i}`)))
    const { asked } = await ran(objects, (id) => done(tariffBody(id)), { progress: { ...noProgress, next: '2' } })
    expect(asked).toEqual(['DE/ABC/T2', 'DE/ABC/T3'])
  })

  it('does not mind what is not an object of OCPI at all', async () => {
    const { outcome } = await ran(publishedOf([tariffBody('T1'), tariffBody('T2')]), (id) =>
      done(id === 'T1' ? null : locationBody('L1')),
    )
    expect(outcome).toMatchObject({ progress: { counts: { missing: 1, differed: 1 } } })
  })
})

const kept = (n: number, more: Partial<ConfirmedCdr> = {}): ConfirmedCdr => ({
  document: `document-${n}`,
  number: n,
  isAnew: false,
  from: { country: 'DE', party: 'ABC' },
  to: { country: 'NL', party: 'EMP' },
  id: `C${n}`,
  location: `https://emp.example/kept/C${n}`,
  ...more,
})

describe('a reconciliation of CDRs', () => {
  const buyer = cpo({
    id: 'emp',
    endpoints: [{ module: 'cdrs', role: 'RECEIVER', url: 'https://emp.example/ocpi/2.3.0/cdrs' }],
  })
  const looked = async (cdrs: readonly ConfirmedCdr[], answer: (url: string) => ModuleReply) => {
    const [anew, asked]: [string[], string[]] = [[], []]
    const outcome = await reconcileCdrs({
      confirmed: {
        count: async () => cdrs.length,
        list: async (_t, _p, { after, limit }) => cdrs.filter(({ number }) => number > after).slice(0, limit),
        sendAnew: async (_t, _p, documents) => anew.push(...documents),
      },
      call: async (_, { url = '', method }) => {
        asked.push(`${method} ${url}`)
        return answer(url)
      },
      clock: new TestClock(),
    })(
      buyer,
      {
        tenant: 'default',
        partner: 'emp',
        kind: 'reconcile',
        module: 'cdrs',
        state: 'running',
        due: 0,
        wanted: { whole: true },
        run: 0,
        attempt: 0,
        progress: noProgress,
      },
      async () => true,
    )
    return { outcome, anew, asked }
  }

  it('looks for each where its partner has said that it keeps it, and sends anew what it has lost', async () => {
    const { outcome, anew, asked } = await looked([kept(1), kept(2), kept(3)], (url) =>
      url.endsWith('C1') ? done({ id: 'c1' }) : url.endsWith('C2') ? missing : done(null),
    )
    expect([outcome, anew, asked[0]]).toMatchObject([
      {
        type: 'done',
        progress: {
          items: 3,
          total: 3,
          counts: { same: 1, missing: 2, resent: 2 },
          notes: ['C2: it answered 404', 'C3: it has answered without it'],
        },
      },
      ['document-2', 'document-3'],
      'GET https://emp.example/kept/C1',
    ])
  })

  it('shows the token of its partner to nobody else, and counts what it cannot look at', async () => {
    const { location: _, ...nowhere } = kept(2)
    const { outcome, asked } = await looked(
      [kept(1, { location: 'https://elsewhere.example/1' }), nowhere],
      () => missing,
    )
    expect([outcome, asked]).toMatchObject([{ type: 'done', progress: { counts: { unseen: 2 } } }, []])
  })

  it('does not send again and again what its partner never finds', async () => {
    const { outcome, anew } = await looked([kept(1, { isAnew: true })], () => missing)
    expect([outcome, anew]).toMatchObject([
      { progress: { counts: { missing: 1 }, notes: [expect.stringContaining('not sent anew by itself')] } },
      [],
    ])
  })

  it('with one that is away, or shows nothing, sends nothing', async () => {
    const many = Array.from({ length: 20 }, (_, n) => kept(n + 1))
    const away = await looked(many, () => ({ type: 'unclear', reason: 'no answer came' }))
    const shut = await looked(many, () => ({ type: 'refused', status: 405, reason: 'it answered 405' }))
    expect([away.outcome.type, away.anew, away.asked.length]).toEqual(['failed', [], 5])
    expect([shut.outcome.type, shut.anew, shut.asked.length]).toEqual(['failed', [], 1])
  })
})
