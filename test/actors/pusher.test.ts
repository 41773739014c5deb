import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leaseMs } from '../../core/domain/push-lane.ts'
import type { Quirks } from '../../core/domain/roaming-partner.ts'
import type { Json } from '../../core/roaming/field.ts'
import { mishaps, type Mishap, pushStage } from '../support/push-stage.ts'
import { aConnector, aLocation, anEvse, aSession, aTariff, aToken } from '../support/roaming-lanes.ts'

const evsesOf = (location: Json): readonly Json[] => location['evses'] as readonly Json[]

describe('what a partner is told', () => {
  it('is all that there is once it has registered, and then only what has changed', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 2, at))
    stage.put('tariffs', 'T', (at) => aTariff('T', '0.40', at))
    await stage.work()
    stage.change('locations', 'LOC1', (had, at) => withStatus(had, 0, 'CHARGING', at))
    await stage.work()
    expect(stage.heard('emp')).toEqual(['PUT locations/LOC1', 'PUT tariffs/T', 'PATCH locations/LOC1/evse-1'])
    stage.expectSame('emp')
  })

  it('is one request for a burst of changes of one EVSE', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 1, at))
    await stage.work()
    for (let n = 0; n < 1_000; n++)
      stage.change('locations', 'LOC1', (had, at) => withStatus(had, 0, n % 2 === 0 ? 'CHARGING' : 'RESERVED', at))
    await stage.work()
    expect(stage.heard('emp')).toEqual(['PUT locations/LOC1', 'PATCH locations/LOC1/evse-1'])
  })

  it('is the latest, also where it changes while the partner is being told', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 1, at))
    stage.meanwhile(() => stage.change('locations', 'LOC1', (had, at) => withStatus(had, 0, 'BLOCKED', at)))
    await stage.work()
    stage.expectSame('emp')
  })

  it('§2.5: is asked for where a PATCH was not taken, and put in place where it differs', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 1, at))
    await stage.work()
    stage.platform('emp').objects.clear()
    stage.change('locations', 'LOC1', (had, at) => withStatus(had, 0, 'CHARGING', at))
    await stage.work()
    expect(stage.heard('emp').slice(1)).toEqual([
      'PATCH locations/LOC1/evse-1',
      'GET locations/LOC1',
      'PUT locations/LOC1',
    ])
    stage.expectSame('emp')
  })

  it('is not told by PATCH where a partner takes none', async () => {
    const stage = pushStage({ emp: { patches: false } })
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 1, at))
    stage.put('tokens', '04A1', (at) => aToken('04A1', true, at))
    await stage.work()
    stage.change('locations', 'LOC1', (had, at) => withStatus(had, 0, 'CHARGING', at))
    stage.remove('tokens', '04A1')
    await stage.work()
    expect(stage.heard('emp').slice(2)).toEqual(['PUT locations/LOC1/evse-1', 'PUT tokens/04A1'])
    stage.expectSame('emp')
  })

  it('is kept with its reason where it is refused for good, stops nobody, and is told anew when it changes', async () => {
    const stage = pushStage({ emp: {} })
    stage.goesWrong('emp', ({ path }) => (path[2] === 'BAD' ? 'refused' : 'fine'))
    for (const id of ['LOC1', 'BAD', 'LOC2']) stage.put('locations', id, (at) => aLocation(id, 1, at))
    await stage.work()
    expect([...stage.platform('emp').objects.keys()]).toEqual(['locations/LOC1', 'locations/LOC2'])
    expect(stage.kept('emp', 'locations')).toMatchObject([{ attempts: 1, reason: 'it answered 2001' }])
    await stage.pass(24 * 3_600_000)
    expect(stage.heard('emp').length).toBe(2)
    stage.goesWrong('emp', () => 'fine')
    stage.change('locations', 'BAD', (had, at) => ({ ...had, name: 'Better', last_updated: at }))
    await stage.work()
    stage.expectSame('emp')
    expect(stage.kept('emp', 'locations')).toEqual([])
  })

  it('waits for as long as the partner has asked, all of it, and for not a moment more', async () => {
    const stage = pushStage({ emp: {} })
    stage.goesWrong('emp', () => 'tooMany')
    for (let n = 0; n < 20; n++) stage.put('locations', `LOC${n}`, (at) => aLocation(`LOC${n}`, 1, at))
    await stage.work()
    const asked = stage.tried('emp')
    stage.goesWrong('emp', () => 'fine')
    await stage.pass(6_900)
    expect(stage.tried('emp')).toBe(asked)
    await stage.pass(200)
    stage.expectSame('emp')
  })

  it('is not asked for again and again from one that is dead', async () => {
    const stage = pushStage({ emp: {} })
    // so often that nobody would have waited: then the test is to come to its end
    stage.goesWrong('emp', () => (stage.tried('emp') > 1_000 ? 'hangs' : 'unreached'))
    const began = stage.clock.now()
    for (let n = 0; n < 500; n++) stage.put('locations', `LOC${n}`, (at) => aLocation(`LOC${n}`, 1, at))
    const tried: number[] = []
    for (const until of [0, 60_000, 600_000, 3_600_000]) {
      await stage.pass(until - (stage.clock.now() - began))
      tried.push(stage.tried('emp'))
    }
    // as many as may be on their way at once; then one after 1 s, 2 s, 4 s …, and at last every 5 minutes
    expect(tried).toEqual([8, 13, 17, 27])
    stage.goesWrong('emp', () => 'fine')
    await stage.pass(300_000)
    stage.expectSame('emp')
  })

  it('is told again a moment after it could not be reached, however much was on its way', async () => {
    const stage = pushStage({ emp: {} })
    stage.goesWrong('emp', () => 'unreached')
    for (let n = 0; n < 20; n++) stage.put('locations', `LOC${n}`, (at) => aLocation(`LOC${n}`, 1, at))
    await stage.work()
    stage.goesWrong('emp', () => 'fine')
    await stage.pass(1_000)
    stage.expectSame('emp')
  })

  it('is nothing of what was gone before it had registered, and of what went since it is told', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('tariffs', 'OLD', (at) => aTariff('OLD', '0.40', at))
    stage.remove('tariffs', 'OLD')
    stage.registers('emp', 3_600_000)
    await stage.pass(3_600_000)
    stage.put('tariffs', 'NEW', (at) => aTariff('NEW', '0.40', at))
    stage.remove('tariffs', 'NEW')
    await stage.work()
    expect(stage.heard('emp')).toEqual(['DELETE tariffs/NEW'])
  })

  it('is all again where it has registered anew', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('tariffs', 'T', (at) => aTariff('T', '0.40', at))
    await stage.work()
    stage.registers('emp', 1)
    await stage.work()
    expect(stage.heard('emp')).toEqual(['PUT tariffs/T', 'PUT tariffs/T'])
  })

  it('comes from the party whose it is, and is for its only party of the role', async () => {
    const stage = pushStage({ emp: {} })
    stage.put('tariffs', 'T', (at) => aTariff('T', '0.40', at))
    stage.put('tokens', 'A1', (at) => ({ ...aToken('A1', true, at), type: 'APP_USER' }))
    await stage.work()
    expect(stage.calls('emp').map(({ from, to, path, query }) => [from, to, path, query])).toEqual([
      [{ country: 'DE', party: 'ABC' }, { country: 'NL', party: 'EMP' }, ['DE', 'ABC', 'T'], undefined],
      [{ country: 'DE', party: 'ABC' }, { country: 'NL', party: 'CPO' }, ['DE', 'ABC', 'A1'], { type: 'APP_USER' }],
    ])
  })
})

describe('a session that a partner is told of', () => {
  it('is told of at most once in so many seconds, and its end at once', async () => {
    const stage = pushStage({ emp: { sessionPushS: 30 } })
    stage.put('sessions', 'S', (at) => aSession('S', 1, at))
    await stage.work()
    for (let n = 2; n <= 20; n++) {
      stage.change('sessions', 'S', (_, at) => aSession('S', n, at))
      await stage.pass(5_000)
    }
    expect(stage.heard('emp')).toEqual(['PUT sessions/S', ...Array.from({ length: 3 }, () => 'PATCH sessions/S')])
    stage.change('sessions', 'S', (_, at) => aSession('S', 21, at, { status: 'COMPLETED' }))
    await stage.work()
    stage.expectSame('emp')
  })

  it('§11.3: has no period twice, although nobody knows whether the partner had it', async () => {
    const stage = pushStage({ emp: { sessionPushS: 0 } })
    stage.put('sessions', 'S', (at) => aSession('S', 1, at))
    await stage.work()
    stage.goesWrong('emp', () => 'lost')
    stage.change('sessions', 'S', (_, at) => aSession('S', 2, at))
    await stage.work()
    stage.goesWrong('emp', () => 'fine')
    await stage.pass(60_000)
    stage.expectSame('emp')
    expect(stage.heard('emp')).toEqual(['PUT sessions/S', 'PATCH sessions/S', 'PUT sessions/S'])
  })

  it('has no period twice where the one who told it has died before he heard the answer', async () => {
    const stage = pushStage({ emp: { sessionPushS: 0 } })
    stage.put('sessions', 'S', (at) => aSession('S', 1, at))
    await stage.work()
    stage.change('sessions', 'S', (_, at) => aSession('S', 2, at))
    stage.diesAt('answered')
    await stage.work()
    await stage.pass(leaseMs + 1_000)
    stage.expectSame('emp')
  })
})

describe('a session that a partner of 2.1.1 is told of', () => {
  it('has its location within it, with the one connector', async () => {
    const stage = pushStage({ emp: {} })
    stage.speaks('emp', '2.1.1')
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 2, at))
    stage.put('sessions', 'S', (at) => aSession('S', 1, at))
    await stage.work()
    expect(stage.platform('emp').objects.get('sessions/S')).toMatchObject({
      auth_id: 'NL-EMP-C00000001-X',
      location: { id: 'LOC1', evses: [{ uid: 'evse-1', connectors: [{ id: '1' }] }] },
    })
  })

  it('waits for its location, and is told of as soon as that is known', async () => {
    const stage = pushStage({ emp: {} })
    stage.speaks('emp', '2.1.1')
    stage.put('sessions', 'S', (at) => aSession('S', 1, at))
    await stage.work()
    stage.put('locations', 'LOC1', (at) => aLocation('LOC1', 2, at))
    await stage.pass(5_000)
    expect(stage.heard('emp')).toEqual(['PUT locations/LOC1', 'PUT sessions/S'])
  })
})

describe('partners beside each other', () => {
  it('are told without delay while one of them hangs, and another one is slow', async () => {
    const stage = pushStage({ hangs: {}, slow: {}, quick: {} })
    stage.goesWrong('hangs', () => 'hangs')
    stage.goesWrong('slow', () => 'slow')
    for (let n = 0; n < 100; n++) stage.put('locations', `LOC${n}`, (at) => aLocation(`LOC${n}`, 1, at))
    await stage.begin()
    await stage.turn(200)
    stage.expectSame('quick')
    expect(stage.platform('slow').objects.size).toBe(0)
  })

  it('are followed up by another process when the one that holds their lane has died, and never by two', async () => {
    for (const point of ['entered', 'asked', 'answered', 'settled'] as const) {
      const stage = pushStage({ emp: {} })
      for (let n = 0; n < 30; n++) stage.put('locations', `LOC${n}`, (at) => aLocation(`LOC${n}`, 1, at))
      stage.diesAt(point)
      await stage.work()
      const told = stage.tried('emp')
      await stage.pass(leaseMs - 1_000)
      expect([point, stage.tried('emp')]).toEqual([point, told])
      await stage.pass(2_000)
      stage.expectSame('emp')
    }
  })
})

const withStatus = (location: Json, n: number, status: string, at: string): Json => {
  const evses = evsesOf(location)
  const which = n % Math.max(evses.length, 1)
  const changed = evses.map((evse, i) => (i === which ? { ...evse, status, last_updated: at } : evse))
  return { ...location, evses: changed, last_updated: at }
}

interface Step {
  readonly what:
    | 'status'
    | 'name'
    | 'evse'
    | 'connector'
    | 'gone'
    | 'session'
    | 'ends'
    | 'token'
    | 'tariff'
    | 'noTariff'
  readonly which: number
  readonly value: number
  readonly mishaps: readonly Mishap[]
  readonly wait: number
  readonly dies?: 'entered' | 'asked' | 'answered' | 'settled' | undefined
  readonly during: boolean
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'status',
    'status',
    'name',
    'evse',
    'connector',
    'gone',
    'session',
    'session',
    'ends',
    'token',
    'tariff',
    'noTariff',
  ),
  which: fc.nat(2),
  value: fc.nat(9),
  mishaps: fc.array(fc.constantFrom(...mishaps), { maxLength: 6 }),
  wait: fc.constantFrom(0, 0, 700, 3_000, 40_000, 400_000),
  dies: fc.option(fc.constantFrom('entered', 'asked', 'answered', 'settled'), { freq: 8, nil: undefined }),
  during: fc.boolean(),
})

const statuses = ['AVAILABLE', 'CHARGING', 'BLOCKED', 'OUTOFORDER', 'REMOVED']

describe('however partners misbehave', () => {
  const quirks: fc.Arbitrary<Partial<Quirks>> = fc.record({
    patches: fc.boolean(),
    sessionPushS: fc.constantFrom(0, 30),
  })

  it('nothing is lost, doubled or stuck: they end with what we have', async () => {
    await fc.assert(
      fc.asyncProperty(quirks, fc.array(anyStep, { minLength: 1, maxLength: 14 }), async (quirk, steps) => {
        const stage = pushStage({ emp: quirk, other: {} })
        for (const step of steps) {
          stage.nextOnes('emp', step.mishaps)
          if (step.dies !== undefined) stage.diesAt(step.dies)
          const act = (): void => change(stage, step)
          if (step.during) stage.meanwhile(act)
          else act()
          await stage.work()
          await stage.pass(step.wait)
        }
        stage.settles()
        await stage.pass(3 * 3_600_000)
        stage.expectSame('emp')
        stage.expectSame('other')
        expect(stage.kept('emp', 'locations').filter(({ nextAt }) => nextAt !== undefined)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

const change = (stage: ReturnType<typeof pushStage>, { what, which, value }: Step): void => {
  const [loc, session, token, tariff] = [`LOC${which}`, `S${which}`, `04A${which}`, `T${which}`]
  const location = (make: (had: Json, at: string) => Json): void =>
    stage.change('locations', loc, make, (at) => aLocation(loc, 2, at))
  if (what === 'status') location((had, at) => withStatus(had, value, statuses[value % statuses.length] ?? '', at))
  else if (what === 'name') location((had, at) => ({ ...had, name: `Name ${value}`, last_updated: at }))
  else if (what === 'evse')
    location((had, at) => ({ ...had, evses: [...evsesOf(had), anEvse(evsesOf(had).length + 1, at)], last_updated: at }))
  else if (what === 'connector')
    location((had, at) => {
      const [first, ...others] = evsesOf(had)
      const connectors = [{ ...aConnector('1', at), max_amperage: value + 10 }]
      return { ...had, evses: [{ ...first, connectors, last_updated: at }, ...others], last_updated: at }
    })
  else if (what === 'gone') stage.remove('locations', loc)
  else if (what === 'token')
    stage.change(
      'tokens',
      token,
      (had, at) => ({ ...had, valid: value % 2 === 0, last_updated: at }),
      (at) => aToken(token, true, at),
    )
  else if (what === 'tariff') stage.put('tariffs', tariff, (at) => aTariff(tariff, `0.${value + 1}`, at))
  else if (what === 'noTariff') stage.remove('tariffs', tariff)
  else
    stage.change(
      'sessions',
      session,
      (had, at) => {
        if (had['status'] === 'COMPLETED') return had
        const more = what === 'ends' ? { status: 'COMPLETED', end_date_time: at } : {}
        return aSession(session, (had['charging_periods'] as Json[]).length + 1, at, more)
      },
      (at) => aSession(session, 1, at),
    )
}
