import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cdrsReceiver } from '../../../adapters/roaming/ocpi/modules/cdrs-receiver.ts'
import { locationsReceiver } from '../../../adapters/roaming/ocpi/modules/locations-receiver.ts'
import { sessionsReceiver } from '../../../adapters/roaming/ocpi/modules/sessions-receiver.ts'
import { tariffsReceiver } from '../../../adapters/roaming/ocpi/modules/tariffs-receiver.ts'
import { toWire } from '../../../core/roaming/wire.ts'
import { listed } from '../../../core/roaming/told.ts'
import { TestClock } from '../../support/clock.ts'
import {
  alarms,
  ask,
  cdrBody,
  connectorBody,
  cpo,
  evseBody,
  locationBody,
  memoryReceived,
  oneOwnToken,
  second,
  sessionBody,
  tariffBody,
} from '../../support/received.ts'

const opened = () => {
  const received = memoryReceived()
  const { raised, alarm } = alarms()
  const parts = { received, ownTokens: oneOwnToken(), clock: new TestClock(), alarm }
  return {
    received,
    raised,
    locations: locationsReceiver(parts),
    tariffs: tariffsReceiver(parts),
    sessions: sessionsReceiver(parts),
    cdrs: cdrsReceiver(parts),
    body: () => received.all().at(-1)?.body,
  }
}

describe('locations of a CPO (OCPI 2.3.0 mod_locations, Receiver Interface)', () => {
  const say = ask()
  const at = 'DE/ABC/LOC1'

  it('are put, put again, and read at each of their levels', async () => {
    const { locations } = opened()
    const first = await say(locations, 'PUT', at, locationBody('LOC1'))
    const again = await say(locations, 'PUT', 'de/abc/loc1', locationBody('LOC1'))
    const read = await Promise.all([at, `${at}/E1`, `${at}/e1/1`].map((path) => say(locations, 'GET', path)))
    expect([first.http, again.http, ...read.map(({ data }) => data)]).toEqual([
      201,
      200,
      locationBody('LOC1'),
      evseBody('E1'),
      connectorBody(),
    ])
  })

  it('PATCH of an EVSE changes its parents too', async () => {
    const { locations, body } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1'))
    await say(locations, 'PATCH', `${at}/E1`, { status: 'CHARGING', last_updated: second(9) })
    expect(body()).toMatchObject({
      last_updated: second(9),
      evses: [{ uid: 'E1', status: 'CHARGING', last_updated: second(9) }],
    })
  })

  it('PATCH of a connector changes its EVSE and its location too', async () => {
    const { locations, body } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1'))
    await say(locations, 'PATCH', `${at}/E1/1`, { tariff_ids: ['T2'], last_updated: second(9) })
    expect(body()).toMatchObject({
      last_updated: second(9),
      evses: [{ last_updated: second(9), connectors: [{ tariff_ids: ['T2'], last_updated: second(9) }] }],
    })
  })

  it('PATCH without last_updated is 2001 (BI-56)', async () => {
    const { locations } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1'))
    const { http, code, message } = await say(locations, 'PATCH', `${at}/E1`, { status: 'CHARGING' })
    expect([http, code, message]).toEqual([200, 2001, expect.stringContaining('/last_updated')])
  })

  it('PATCH that is older than what we have changes nothing (BI-56)', async () => {
    const { locations, body } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1', { evses: [evseBody('E1', { last_updated: second(5) })] }))
    const late = await say(locations, 'PATCH', `${at}/E1`, { status: 'CHARGING', last_updated: second(4) })
    expect([late.code, late.message, body()]).toMatchObject([
      1000,
      expect.stringContaining('older'),
      { evses: [{ status: 'AVAILABLE' }] },
    ])
  })

  it('PATCH with null is 2001: a PATCH removes nothing', async () => {
    const { locations } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1', { name: 'North' }))
    const { code, message } = await say(locations, 'PATCH', at, { name: null, last_updated: second(1) })
    expect([code, message]).toEqual([2001, expect.stringContaining('/name')])
  })

  it('PATCH with a field that nobody knows keeps it', async () => {
    const { locations, body } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1'))
    const { code } = await say(locations, 'PATCH', at, { x_lounge: { seats: 4 }, last_updated: second(1) })
    expect([code, body()]).toMatchObject([1000, { x_lounge: { seats: 4 }, last_updated: second(1) }])
  })

  it('an EVSE that is REMOVED stays in its location', async () => {
    const { locations } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1', { evses: [evseBody('E1'), evseBody('E2')] }))
    await say(locations, 'PATCH', `${at}/E1`, { status: 'REMOVED', last_updated: second(1) })
    const { data } = await say(locations, 'GET', at)
    expect(data).toMatchObject({
      evses: [
        { uid: 'E1', status: 'REMOVED' },
        { uid: 'E2', status: 'AVAILABLE' },
      ],
    })
  })

  it('an EVSE or a status of a location that we have not got is 2003 (BI-54)', async () => {
    const { locations } = opened()
    const put = await say(locations, 'PUT', `${at}/E1`, evseBody('E1'))
    const patch = await say(locations, 'PATCH', at, { name: 'x', last_updated: second(1) })
    await say(locations, 'PUT', at, locationBody('LOC1'))
    const other = await say(locations, 'PATCH', `${at}/E9`, { status: 'CHARGING', last_updated: second(1) })
    expect([put.code, patch.code, other.code]).toEqual([2003, 2003, 2003])
  })

  it('a new EVSE can be put into one that we have', async () => {
    const { locations, body } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1'))
    const { code } = await say(locations, 'PUT', `${at}/E2`, evseBody('E2', { last_updated: second(3) }))
    expect([code, body()]).toMatchObject([1000, { evses: [{ uid: 'E1' }, { uid: 'E2' }], last_updated: second(3) }])
  })

  it('of a party that is not on the platform are 404 (BI-54)', async () => {
    const { locations } = opened()
    const answers = await Promise.all(
      ['PUT', 'PATCH', 'GET'].map((method) =>
        say(locations, method, 'DE/XYZ/LOC1', method === 'GET' ? undefined : locationBody('LOC1', { party_id: 'XYZ' })),
      ),
    )
    expect(answers.map(({ http }) => http)).toEqual([404, 404, 404])
  })

  it('whose body names another one than the path are 2001 (BI-54)', async () => {
    const { locations } = opened()
    const id = await say(locations, 'PUT', at, locationBody('LOC2'))
    const party = await say(locations, 'PUT', at, locationBody('LOC1', { party_id: 'XYZ' }))
    await say(locations, 'PUT', at, locationBody('LOC1'))
    const evse = await say(locations, 'PUT', `${at}/E1`, evseBody('E2'))
    expect([id, party, evse].map(({ code, message }) => [code, message?.slice(0, 9)])).toEqual([
      [2001, '/id: it i'],
      [2001, '/party_id'],
      [2001, '/uid: it '],
    ])
  })

  it('are theirs alone: another partner with the same party finds nothing', async () => {
    const { locations } = opened()
    await say(locations, 'PUT', at, locationBody('LOC1'))
    const { http } = await ask(cpo({ id: 'other' }))(locations, 'GET', at)
    expect(http).toBe(404)
  })

  it('with a body that is no JSON, no object or no location are refused, and nothing is kept', async () => {
    const { locations, received } = opened()
    const answers = await Promise.all(
      ['{"id":', '[]', '{}', '"\\u0000"', 'null'].map((body) => say(locations, 'PUT', at, body)),
    )
    expect([answers.map(({ http, code }) => [http, code]), received.all()]).toEqual([
      [
        [400, 2001],
        [200, 2001],
        [200, 2001],
        [200, 2001],
        [200, 2001],
      ],
      [],
    ])
  })
})

describe('whatever comes late, twice or out of order', () => {
  /** What a CPO does to a location with three EVSEs, one thing a second; and how it is told of it. */
  const anyHistory = fc
    .array(
      fc.record({
        evse: fc.constantFrom('E1', 'E2', 'E3', undefined),
        how: fc.constantFrom('PUT', 'PATCH'),
        word: fc.constantFrom('AVAILABLE', 'CHARGING', 'BLOCKED', 'OUTOFORDER'),
        again: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 25 },
    )
    .map((acts) => {
      let state = locationBody('LOC1', { evses: ['E1', 'E2', 'E3'].map((uid) => evseBody(uid)) })
      const told: { method: string; path: string; body: object; again: number }[] = []
      for (const [i, { evse, how, word, again }] of acts.entries()) {
        const now = second(i + 1)
        if (evse === undefined) {
          state = { ...state, city: word, last_updated: now }
          const body = how === 'PUT' ? state : { city: word, last_updated: now }
          told.push({ method: how, path: 'DE/ABC/LOC1', body, again })
        } else {
          const evses = state.evses.map((one) => (one.uid === evse ? { ...one, status: word, last_updated: now } : one))
          state = { ...state, evses, last_updated: now }
          const whole = evses.find(({ uid }) => uid === evse) ?? {}
          const body = how === 'PUT' ? whole : { status: word, last_updated: now }
          told.push({ method: how, path: `DE/ABC/LOC1/${evse}`, body, again })
        }
      }
      return { told, state }
    })

  it('a location becomes what its CPO has, though messages come again and again after later ones', () =>
    fc.assert(
      fc.asyncProperty(anyHistory, async ({ told, state }) => {
        const { locations, body } = opened()
        const say = ask()
        await say(
          locations,
          'PUT',
          'DE/ABC/LOC1',
          locationBody('LOC1', { evses: ['E1', 'E2', 'E3'].map((uid) => evseBody(uid)) }),
        )
        for (const [i, { method, path, body: sent }] of told.entries()) {
          await say(locations, method, path, sent)
          for (const old of told.slice(0, i).filter(({ again }) => again === i % 4))
            await say(locations, old.method, old.path, old.body)
        }
        expect(body()).toEqual(state)
      }),
      { numRuns: 60 },
    ))

  it('a location whose messages came in any order is what its list says, once that is read', () =>
    fc.assert(
      fc.asyncProperty(
        anyHistory.chain((history) =>
          fc.record({
            history: fc.constant(history),
            order: fc.shuffledSubarray(history.told, { minLength: history.told.length }),
          }),
        ),
        async ({ history: { state }, order }) => {
          const { locations, received, body } = opened()
          const say = ask()
          await say(
            locations,
            'PUT',
            'DE/ABC/LOC1',
            locationBody('LOC1', { evses: ['E1', 'E2', 'E3'].map((uid) => evseBody(uid)) }),
          )
          for (const { method, path, body: sent } of order) await say(locations, method, path, sent)
          const ref = {
            tenant: 'default',
            module: 'locations',
            owner: { country: 'DE', party: 'ABC' },
            id: 'LOC1',
          } as const
          await received.change(ref, { partner: 'cpo', at: 0 }, listed(state))
          expect(body()).toEqual(state)
        },
      ),
      { numRuns: 60 },
    ))
})

describe('tariffs of a CPO (OCPI 2.3.0 mod_tariffs, Receiver Interface)', () => {
  const say = ask()
  const at = 'DE/ABC/T1'

  it('are put, read and deleted', async () => {
    const { tariffs } = opened()
    const put = await say(tariffs, 'PUT', at, tariffBody('T1'))
    const read = await say(tariffs, 'GET', at)
    const gone = await say(tariffs, 'DELETE', at)
    const [after, again] = [await say(tariffs, 'GET', at), await say(tariffs, 'DELETE', at)]
    expect([put.http, read.data, gone.code, after.http, again.http]).toEqual([201, tariffBody('T1'), 1000, 404, 404])
  })

  it('that were deleted come back with a newer one alone, not with a late one', async () => {
    const { tariffs } = opened()
    await say(tariffs, 'PUT', at, tariffBody('T1'))
    await say(tariffs, 'DELETE', at)
    await say(tariffs, 'PUT', at, tariffBody('T1'))
    const late = await say(tariffs, 'GET', at)
    await say(tariffs, 'PUT', at, tariffBody('T1', { last_updated: second(1) }))
    const anew = await say(tariffs, 'GET', at)
    expect([late.http, anew.http]).toEqual([404, 200])
  })

  it('take PATCH in 2.1.1 alone', async () => {
    const { tariffs } = opened()
    const old = { id: 'T1', currency: 'EUR', elements: tariffBody('T1').elements, last_updated: second(0) }
    const put = await ask(cpo(), '2.1.1')(tariffs, 'PUT', at, old)
    const patch = await ask(cpo(), '2.1.1')(tariffs, 'PATCH', at, { currency: 'CHF', last_updated: second(1) })
    const newer = await say(tariffs, 'PATCH', at, { currency: 'EUR', last_updated: second(2) })
    expect([put.http, patch.code, newer.http, newer.headers['allow']]).toEqual([201, 1000, 405, 'GET, PUT, DELETE'])
  })
})

describe('sessions at a CPO (OCPI 2.3.0 mod_sessions, Receiver Interface)', () => {
  const say = ask()
  const at = 'DE/ABC/S1'
  const period = (n: number, kWh: number) => ({
    start_date_time: second(n),
    dimensions: [{ type: 'ENERGY', volume: kWh }],
  })
  const starts = (data: unknown): unknown =>
    (data as { readonly charging_periods?: readonly { readonly start_date_time: string }[] }).charging_periods?.map(
      ({ start_date_time: start }) => start,
    )

  it('periods of a PATCH are added, not put in the place of what there was; twice is like once', async () => {
    const { sessions } = opened()
    await say(sessions, 'PUT', at, sessionBody('S1', { charging_periods: [period(0, 1)] }))
    const more = { charging_periods: [period(60, 2)], kwh: 3, last_updated: second(60) }
    await say(sessions, 'PATCH', at, more)
    await say(sessions, 'PATCH', at, more)
    const { data } = await say(sessions, 'GET', at)
    expect([starts(data), data]).toMatchObject([[second(0), second(60)], { kwh: 3 }])
  })

  it('periods of a PUT replace all that there were', async () => {
    const { sessions } = opened()
    await say(sessions, 'PUT', at, sessionBody('S1', { charging_periods: [period(0, 1), period(60, 2)] }))
    await say(sessions, 'PUT', at, sessionBody('S1', { charging_periods: [period(0, 4)], last_updated: second(1) }))
    expect(starts((await say(sessions, 'GET', at)).data)).toEqual([second(0)])
  })

  it('start_date_time may change from PENDING to ACTIVE', async () => {
    const { sessions } = opened()
    await say(sessions, 'PUT', at, sessionBody('S1', { status: 'PENDING' }))
    await say(sessions, 'PATCH', at, {
      status: 'ACTIVE',
      start_date_time: second(30),
      last_updated: second(30),
    })
    expect((await say(sessions, 'GET', at)).data).toMatchObject({ status: 'ACTIVE', start_date_time: second(30) })
  })

  it('RESERVED, as the text of the specification has it, is RESERVATION; and becomes ACTIVE and COMPLETED', async () => {
    const { sessions } = opened()
    const states: unknown[] = []
    const note = async (): Promise<void> => {
      states.push(((await say(sessions, 'GET', at)).data as { readonly status: string }).status)
    }
    await say(sessions, 'PUT', at, sessionBody('S1', { status: 'RESERVED', evse_uid: '#NA', connector_id: '#NA' }))
    await note()
    for (const [n, status] of ['ACTIVE', 'COMPLETED'].entries()) {
      await say(sessions, 'PATCH', at, { status, last_updated: second(n + 1) })
      await note()
    }
    expect(states).toEqual(['RESERVATION', 'ACTIVE', 'COMPLETED'])
  })

  it('that a station tells of late, as it was offline, change nothing that is newer', async () => {
    const { sessions } = opened()
    await say(sessions, 'PUT', at, sessionBody('S1', { status: 'COMPLETED', kwh: 9, last_updated: second(90) }))
    for (const n of [10, 20, 30])
      await say(sessions, 'PATCH', at, { kwh: n / 10, status: 'ACTIVE', last_updated: second(n) })
    expect((await say(sessions, 'GET', at)).data).toMatchObject({ status: 'COMPLETED', kwh: 9 })
  })

  it('at locations that we know nothing of are kept, with fields that nobody knows', async () => {
    const { sessions } = opened()
    const odd = sessionBody('S1', { location_id: 'NOWHERE', x_brand: 'Plug' })
    const { http } = await say(sessions, 'PUT', at, odd)
    expect([http, (await say(sessions, 'GET', at)).data]).toEqual([201, odd])
  })

  it('that we have not got take no PATCH', async () => {
    const { sessions } = opened()
    const { code } = await say(sessions, 'PATCH', at, { kwh: 1, last_updated: second(1) })
    expect(code).toBe(2000)
  })
})

describe('CDRs of a CPO (OCPI 2.3.0 mod_cdrs, Receiver Interface)', () => {
  const say = ask()

  it('are kept with an address of their own, and read there', async () => {
    const { cdrs } = opened()
    const { http, headers } = await say(cdrs, 'POST', '', cdrBody('C 1'))
    const path = headers['location']?.split('/cdrs/')[1]?.split('/').map(decodeURIComponent).join('/') ?? ''
    const { data } = await say(cdrs, 'GET', path)
    expect([http, headers['location'], data]).toMatchObject([
      201,
      'https://emp.example/ocpi/default/2.3.0/emsp/cdrs/DE/ABC/C%201',
      { id: 'C 1', total_cost: { before_taxes: 5 } },
    ])
  })

  it('that come again are taken again, without a second one', async () => {
    const { cdrs, received, raised } = opened()
    const first = await say(cdrs, 'POST', '', cdrBody('C1'))
    const again = await say(cdrs, 'POST', '', cdrBody('c1', { id: 'C1', last_updated: second(9_999) }))
    expect([again.http, again.code, again.headers, received.all().length, raised]).toEqual([
      200,
      1000,
      first.headers,
      1,
      [],
    ])
  })

  it('of an id that is taken are refused, and an alarm is raised; what came first stays', async () => {
    const { cdrs, raised } = opened()
    await say(cdrs, 'POST', '', cdrBody('C1'))
    const other = await say(cdrs, 'POST', '', cdrBody('c1', { total_energy: 11 }))
    const { data } = await say(cdrs, 'GET', 'DE/ABC/C1')
    expect([other.http, other.code, data, raised.map(({ alarm, object }) => [alarm, object])]).toMatchObject([
      200,
      2001,
      { total_energy: 10 },
      [['cdrConflict', 'c1']],
    ])
  })

  it('that do not cost what they say are kept all the same, and an alarm tells both figures', async () => {
    const { cdrs, received, raised } = opened()
    const { http } = await say(cdrs, 'POST', '', cdrBody('C1', { total_cost: { before_taxes: 6.5 } }))
    expect([http, received.all()[0]?.verdict, raised.map(({ alarm }) => alarm)]).toEqual([
      201,
      {
        verdict: 'differs',
        total: { said: '6.5', computed: '5.00' },
        differences: [{ field: 'total_cost', said: '6.5', computed: '5.00' }],
      },
      ['cdrDiffers'],
    ])
  })

  it('that take another one back are compared with that', async () => {
    const { cdrs, received } = opened()
    await say(cdrs, 'POST', '', cdrBody('C1'))
    const credit = {
      credit: true,
      credit_reference_id: 'C1',
      total_cost: { before_taxes: -5, taxes: [{ name: 'VAT', percentage: 19, amount: -0.95 }] },
    }
    const { http } = await say(cdrs, 'POST', '', cdrBody('C1-credit', credit))
    expect([http, received.all()[1]?.verdict]).toMatchObject([201, { verdict: 'matches', total: { said: '-5' } }])
  })

  it('of a party that is not on the platform, and changes of those that are there, are refused', async () => {
    const { cdrs, received } = opened()
    const foreign = await say(cdrs, 'POST', '', cdrBody('C1', { party_id: 'XYZ' }))
    await say(cdrs, 'POST', '', cdrBody('C2'))
    const put = await say(cdrs, 'PUT', 'DE/ABC/C2', cdrBody('C2'))
    expect([foreign.code, put.http, received.all().length]).toEqual([2001, 405, 1])
  })
})

describe('a CPO of 2.1.1, which names a token by its contract alone', () => {
  const say = ask(cpo(), '2.1.1')
  const known = { owner: { country_code: 'DE', party_id: 'ABC' }, location: locationBody('LOC1') }
  const older = (kind: 'session' | 'cdr', body: object): object => {
    const sent = toWire(body as never, { kind, version: '2.1.1', known })
    return { ...sent.body }
  }
  const token = { country_code: 'NL', party_id: 'EMP', uid: '04A1', type: 'RFID', contract_id: 'NL-EMP-C00000001-X' }
  const unknown = { auth_id: 'NL-EMP-C00000009-X' }

  it('tells of a session, and is shown it again with its location', async () => {
    const { sessions, locations, received } = opened()
    await ask()(locations, 'PUT', 'DE/ABC/LOC1', locationBody('LOC1'))
    const session = older('session', sessionBody('S1'))
    const put = await say(sessions, 'PUT', 'DE/ABC/S1', session)
    const { data } = await say(sessions, 'GET', 'DE/ABC/S1')
    const kept = received.all().find(({ module }) => module === 'sessions')?.body
    expect([put.http, kept, data]).toMatchObject([
      201,
      { cdr_token: token, location_id: 'LOC1', evse_uid: 'E1', connector_id: '1' },
      session,
    ])
  })

  it('sends a CDR', async () => {
    const { cdrs, body } = opened()
    const { http } = await say(cdrs, 'POST', '', older('cdr', cdrBody('C1')))
    expect([http, body()]).toMatchObject([201, { id: 'C1', cdr_token: token, cdr_location: { evse_uid: 'E1' } }])
  })

  it('is told where no contract of ours has that name', async () => {
    const { cdrs, sessions, received } = opened()
    const cdr = await say(cdrs, 'POST', '', { ...older('cdr', cdrBody('C1')), ...unknown })
    const session = await say(sessions, 'PUT', 'DE/ABC/S1', { ...older('session', sessionBody('S1')), ...unknown })
    expect([cdr.code, session.code, cdr.message, received.all()]).toEqual([
      2001,
      2001,
      expect.stringContaining('the token with this contract is not known'),
      [],
    ])
  })
})
