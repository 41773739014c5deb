import { describe, expect, it } from 'vitest'
import { deltaFrom, pull } from '../../../adapters/roaming/ocpi/pull.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Chore, ChoreOutcome, ChoreProgress } from '../../../core/ports/roaming-chores.ts'
import { noProgress } from '../../../core/ports/roaming-chores.ts'
import type { ModuleCall, ModuleReply, RoamingModule } from '../../../core/ports/roaming.ts'
import { TestClock } from '../../support/clock.ts'
import {
  alarms,
  cdrBody,
  cpo,
  locationBody,
  memoryReceived,
  oneOwnToken,
  second,
  sessionBody,
} from '../../support/received.ts'

const at = 'https://cpo.example/ocpi/2.3.0/locations'
type Meddle = (reply: ModuleReply, asked: number) => ModuleReply

/** A CPO with a list, which it shows page by page; and what it does otherwise. */
const lister = (list: () => readonly unknown[], { most = 2, meddle }: { most?: number; meddle?: Meddle } = {}) => {
  const asked: string[] = []
  const call = async (_: RoamingPartner, { url, query = {} }: ModuleCall): Promise<ModuleReply> => {
    const whole = new URL(url ?? at)
    for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value)
    asked.push(whole.search)
    const offset = Number(whole.searchParams.get('offset') ?? 0)
    const items = list().slice(offset, offset + most)
    whole.searchParams.set('offset', String(offset + most))
    const isMore = offset + most < list().length
    const headers = { 'x-total-count': String(list().length), ...(isMore && { link: `<${whole.href}>; rel="next"` }) }
    const reply: ModuleReply = { type: 'done', data: items, code: 1000, status: 200, headers }
    return meddle?.(reply, asked.length) ?? reply
  }
  return { call, asked }
}

const opened = (list: () => readonly unknown[], more: Parameters<typeof lister>[1] = {}) => {
  const clock = new TestClock()
  const received = memoryReceived()
  const { raised, alarm } = alarms()
  const { call, asked } = lister(list, more)
  const receivedTokens = { change: async () => [], find: async () => undefined }
  const work = pull({ received, receivedTokens, ownTokens: oneOwnToken(), alarm, clock, timers: clock, call })
  let run = 0
  return {
    received,
    raised,
    asked,
    clock,
    there: () =>
      received
        .all()
        .filter(({ isRemoved }) => !isRemoved)
        .map(({ id }) => id),
    pulled: async (
      module: RoamingModule = 'locations',
      chore: Partial<Chore> = {},
      keep: (progress: ChoreProgress) => boolean = () => true,
    ): Promise<ChoreOutcome> => {
      const running = work(
        cpo(),
        {
          tenant: 'default',
          partner: 'cpo',
          kind: 'pull',
          module,
          state: 'running',
          due: 0,
          wanted: { whole: true },
          run: ++run,
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
  }
}

const many = (n: number): readonly ReturnType<typeof locationBody>[] =>
  Array.from({ length: n }, (_, i) => locationBody(`L${i}`))
const ids = (n: number): readonly string[] => many(n).map(({ id }) => id)

describe('a pull of the list of a CPO', () => {
  it('keeps all that is in it, and says how it came', async () => {
    const { pulled, there } = opened(() => many(5))
    expect([await pulled(), there()]).toMatchObject([
      { type: 'done', progress: { items: 5, total: 5, counts: { new: 5 } }, next: { whole: false } },
      ids(5),
    ])
  })

  it('the second time finds the same, and removes what is no longer there: the list is the truth', async () => {
    let list = many(4)
    const { pulled, there } = opened(() => list)
    await pulled()
    list = list.filter(({ id }) => id !== 'L1')
    const { progress } = (await pulled()) as { progress: ChoreProgress }
    expect([progress.counts, there()]).toEqual([{ same: 3, removed: 1 }, ['L0', 'L2', 'L3']])
  })

  it('removes nothing that was pushed while it was read', async () => {
    const { pulled, there, received, clock } = opened(() => many(3))
    await pulled('locations', {}, ({ items }) => {
      if (items !== 2) return true
      const owner = { country: 'DE', party: 'ABC' }
      const ref = { tenant: 'default', module: 'locations', owner, id: 'PUSHED' } as const
      void received.change(ref, { partner: 'cpo', at: clock.now() }, () => ({ ...locationBody('PUSHED') }))
      return true
    })
    expect(there()).toContain('PUSHED')
  })

  it('removes nothing when only what has changed was asked for', async () => {
    let list = many(3)
    const { pulled, there, asked } = opened(() => list)
    await pulled()
    list = list.slice(0, 1)
    await pulled('locations', { wanted: { whole: false, from: Date.UTC(2026, 10, 27) } })
    expect([there(), asked.at(-1)]).toEqual([ids(3), expect.stringContaining('date_from=2026-11-27T00%3A00%3A00Z')])
  })

  it('with pages of one object, and with no count, loses nothing', async () => {
    const bare: Meddle = (reply) =>
      reply.type === 'done' ? { ...reply, headers: { link: reply.headers['link'] ?? '' } } : reply
    const { pulled, there } = opened(() => many(7), { most: 1, meddle: bare })
    expect([await pulled(), there()]).toMatchObject([{ type: 'done', progress: { items: 7 } }, ids(7)])
  })

  it('with a count and no link goes on by itself', async () => {
    const linkless: Meddle = (reply) =>
      reply.type === 'done' ? { ...reply, headers: { 'x-total-count': reply.headers['x-total-count'] ?? '' } } : reply
    const { pulled, there } = opened(() => many(5), { meddle: linkless })
    expect([await pulled(), there()]).toMatchObject([{ type: 'done' }, ids(5)])
  })

  it('with a link to the same page comes to an end, and removes nothing', async () => {
    const list = many(6)
    let isStuck = false
    const { pulled, there, asked } = opened(() => list, {
      meddle: (reply) =>
        isStuck && reply.type === 'done'
          ? { ...reply, headers: { ...reply.headers, link: `<${at}?offset=2&limit=100>; rel="next"` } }
          : reply,
    })
    await pulled()
    const before = asked.length
    isStuck = true
    const { type } = await pulled()
    expect([type, there(), asked.length - before < 5]).toEqual(['failed', ids(6), true])
  })

  it.each<[string, ModuleReply]>([
    ['JSON that breaks off', { type: 'unclear', reason: 'its answer broke off' }],
    ['the wrong envelope', { type: 'unclear', reason: 'nothing that is of OCPI' }],
    ['an error of its own', { type: 'failed', reason: 'it answered 500', status: 500 }],
    ['429 with Retry-After', { type: 'failed', reason: 'it answered 429', status: 429, retryAfterMs: 20_000 }],
  ])('asks again after %s, and loses nothing', async (_, broken) => {
    const { pulled, there } = opened(() => many(6), { meddle: (reply, n) => (n % 2 === 0 ? broken : reply) })
    expect([(await pulled()).type, there()]).toEqual(['done', ids(6)])
  })

  it('that is cut short goes on where it was, not at the beginning', async () => {
    const { pulled, there, asked } = opened(() => many(6))
    let kept = noProgress
    const left = await pulled('locations', {}, (progress) => {
      kept = progress
      return progress.items < 4
    })
    const before = asked.length
    const done = await pulled('locations', { run: 1, progress: kept })
    expect([left.type, done, there(), asked.length - before]).toMatchObject([
      'left',
      { type: 'done', progress: { items: 6 } },
      ids(6),
      1,
    ])
  })

  it('of objects that change meanwhile skips none', async () => {
    let list = many(6)
    const { pulled, there, received } = opened(() => list)
    await pulled('locations', {}, ({ items }) => {
      // what is new comes at the end of a list, what has changed stays where it was
      if (items === 2)
        list = [
          ...list.map((one) => (one.id === 'L0' ? { ...one, city: 'Bonn', last_updated: second(9) } : one)),
          locationBody('L6'),
        ]
      return true
    })
    await pulled('locations', { wanted: { whole: false, from: 0 } })
    expect([there(), received.all()[0]?.body['city']]).toEqual([ids(7), 'Bonn'])
  })

  it('counts what cannot be taken, says why, and does not take it for removed', async () => {
    let list: readonly unknown[] = many(2)
    const { pulled, there } = opened(() => list)
    await pulled()
    list = [{ ...locationBody('L0'), coordinates: 'north' }, locationBody('L1'), locationBody('X', { party_id: 'XYZ' })]
    const { progress } = (await pulled()) as { progress: ChoreProgress }
    expect([progress.counts, progress.notes, there()]).toEqual([
      { refused: 2, same: 1 },
      [expect.stringMatching(/^L0: \/coordinates: /), expect.stringMatching(/^X: its party/)],
      ['L0', 'L1'],
    ])
  })

  it('in which something has no name removes nothing at all', async () => {
    let list: readonly unknown[] = many(2)
    const { pulled, there } = opened(() => list)
    await pulled()
    list = [null, 7, 'L0']
    await pulled()
    expect(there()).toEqual(['L0', 'L1'])
  })

  it('of CDRs works each out again, takes none twice, and never removes one', async () => {
    let list: readonly unknown[] = [cdrBody('C1'), cdrBody('C2', { total_cost: { before_taxes: 9 } })]
    const { pulled, there, raised, received } = opened(() => list)
    await pulled('cdrs')
    list = [cdrBody('C1')]
    await pulled('cdrs')
    expect([
      there(),
      raised.map(({ alarm }) => alarm),
      received.all().map(({ verdict }) => verdict?.['verdict']),
    ]).toEqual([['C1', 'C2'], ['cdrDiffers'], ['matches', 'differs']])
  })

  it('of sessions always says since when', async () => {
    const { pulled, asked } = opened(() => [sessionBody('S1')])
    await pulled('sessions')
    expect(asked[0]).toContain('date_from=1970-01-01')
  })

  it('begins the next one before the newest it has, and never after our own clock', () => {
    const now = Date.UTC(2026, 10, 27, 12)
    const hour = 3_600_000
    expect([
      deltaFrom('locations', now - hour, now),
      deltaFrom('locations', Date.UTC(2099, 0, 1), now),
      deltaFrom('cdrs', undefined, now),
    ]).toEqual([now - 2 * hour, now - hour, now - 31 * 24 * hour])
  })
})
