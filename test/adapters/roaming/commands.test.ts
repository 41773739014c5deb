import { describe, expect, it } from 'vitest'
import { announcedS, tellingMs } from '../../../core/domain/roaming-command.ts'
import type { Reservation } from '../../../core/domain/reservation.ts'
import type { Session } from '../../../core/domain/session.ts'
import { type Commanding, commanding, target, token } from '../../support/roaming-commands.ts'
import { said } from '../../support/roaming-platforms.ts'

const start = (more: object = {}) => ({
  type: 'START_SESSION' as const,
  body: { token, location_id: 'north', evse_uid: 'evse-1', ...more },
})
const reserve = (more: object = {}) => ({
  type: 'RESERVE_NOW' as const,
  body: {
    token,
    location_id: 'north',
    evse_uid: 'evse-1',
    reservation_id: 'R-1',
    expiry_date: '2026-11-24T13:00:00Z',
    ...more,
  },
})
const stop = (session = 's-1') => ({ type: 'STOP_SESSION' as const, body: { session_id: session } })

/** As the EMP sees it now. */
const now = async ({ asked }: Commanding, { id }: { readonly id: string }) =>
  asked.find({ tenant: 'default', id }).then((command) => command && [command.state, command.result])

const posts = ({ net }: Commanding): number =>
  net.asked.filter((one) => one.startsWith('POST https://emp.example')).length

const kept = (more: Partial<Reservation> & Pick<Reservation, 'command'>): Reservation => ({
  tenant: 'default',
  identity: 'CP-1',
  id: 100,
  evse: 1,
  token: token.uid,
  expiresAt: Date.UTC(2026, 10, 24, 13),
  state: 'active',
  createdAt: 0,
  ...more,
})

/** A session that the partner has begun with its first command. */
const charging = async (both: Commanding): Promise<void> => {
  await both.ask(start())
  const order = both.order()
  both.step({ state: 'done', outcome: 'succeeded' })
  await both.look()
  const session: Session = {
    tenant: 'default',
    identity: 'CP-1',
    id: 's-1',
    day: '2026-11-24',
    startKey: 'k',
    evse: 1,
    connector: 1,
    command: order.id,
    flags: [],
    state: 'open',
    version: 1,
  }
  both.sessions.set('s-1', session)
}

/** What the EMP's program says, word for word. */
const raw = async (
  { net, emp }: Commanding,
  path: string,
  body: unknown,
  { method = 'POST', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<readonly unknown[]> => {
  const host = net.hosts.get('cpo.example')
  const shown = Buffer.from(await emp.tokenFor('cpo')).toString('base64')
  const answer = await host?.(
    new Request(`https://cpo.example/ocpi/default/2.3.0/receiver/${path}`, {
      method,
      headers: { authorization: `Token ${shown}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
    '192.0.2.9',
  )
  if (answer === undefined) throw new Error('nobody is there')
  const { status_code: code, data, status_message: message } = (await answer.json()) as Record<string, unknown>
  return [answer.status, code, (data as { result?: string } | undefined)?.result ?? message]
}

const response_url = 'https://emp.example/answers/1'

describe('a command of an EMP', () => {
  it('becomes an order, is answered at once, and its result is told once when the station has answered', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    expect([asked.state, asked.response, asked.deadline - both.emp.clock.now()]).toEqual([
      'waiting',
      'ACCEPTED',
      35_000,
    ])
    expect(both.order().order).toEqual({ type: 'startCharging', evse: 1, token: token.uid, tokenType: 'RFID' })
    await both.look()
    expect(await now(both, asked)).toEqual(['waiting', undefined])
    both.step({ state: 'answered' })
    await both.look()
    both.step({ state: 'done', outcome: 'succeeded' })
    await both.look()
    expect([await now(both, asked), posts(both)]).toEqual([['done', 'ACCEPTED'], 1])
  })

  it('says of its token that it needs nobody’s word at that station, with the reference of the EMP (RFID within 15 min)', async () => {
    const both = await commanding()
    await both.ask(start({ authorization_reference: 'REF-1' }))
    expect(both.grantsOf).toMatchObject([
      { identity: 'CP-1', partner: 'emp', order: both.order().id, token: { uid: token.uid }, reference: 'REF-1' },
    ])
  })

  it('is not looked at for whether its token is valid', async () => {
    const both = await commanding()
    expect((await both.ask(start({ token: { ...token, valid: false, whitelist: 'NEVER' } }))).response).toBe('ACCEPTED')
  })

  it('at an unknown location is answered with 2003, and so is an unknown EVSE of a known one', async () => {
    const both = await commanding()
    const body = { response_url, token, location_id: 'south' }
    expect(await raw(both, 'commands/START_SESSION', body)).toEqual([200, 2003, 'there is no such location'])
    const [, code] = await raw(both, 'commands/START_SESSION', { ...body, location_id: 'NORTH', evse_uid: 'evse-9' })
    expect([code, both.orders.size]).toEqual([2003, 0])
  })

  it('with a foreign token is rejected, and so is one whose uid is somebody else’s here', async () => {
    const both = await commanding()
    const foreign = await both.ask(start({ token: { ...token, party_id: 'XYZ' } }))
    const anothers = await both.ask(start({ token: { ...token, uid: 'ANOTHERS' } }))
    expect([foreign.response, anothers.response, both.orders.size]).toEqual(['REJECTED', 'REJECTED', 0])
  })

  it.each([
    ['goes to the only EVSE that is free', ['available', 'charging'], 'ACCEPTED', 1],
    ['goes to the one with a vehicle that waits', ['available', 'preparing'], 'ACCEPTED', 2],
    ['is rejected where several could be meant', ['available', 'available'], 'REJECTED', undefined],
    ['is rejected where none is free', ['faulted', 'charging'], 'REJECTED', undefined],
  ] as const)('to start without evse_uid %s', async (_, statuses, response, evse) => {
    const both = await commanding()
    both.targetsOf.set(
      'north',
      statuses.map((status, i) => target({ uid: `evse-${i + 1}`, plug: { chargePoint: 'CP-1', evse: i + 1 }, status })),
    )
    const asked = await both.ask(start({ evse_uid: undefined }))
    const [order] = [...both.orders.values()].map((one) => one.order)
    expect([asked.response, order?.type === 'startCharging' ? order.evse : undefined]).toEqual([response, evse])
  })

  it('needs a connector_id where the EVSE says so (START_SESSION_CONNECTOR_REQUIRED)', async () => {
    const both = await commanding()
    both.targetsOf.set('north', [target({ needsConnector: true })])
    const body = { response_url, token, location_id: 'north', evse_uid: 'evse-1' }
    expect((await raw(both, 'commands/START_SESSION', body))[1]).toBe(2001)
    expect(await raw(both, 'commands/START_SESSION', { ...body, connector_id: '1' })).toEqual([200, 1000, 'ACCEPTED'])
  })

  it('that nobody knows is not supported; a body without what is needed is 2001 with its pointers', async () => {
    const both = await commanding()
    expect(await raw(both, 'commands/DANCE', {})).toEqual([200, 1000, 'NOT_SUPPORTED'])
    const [http, code, message] = await raw(both, 'commands/STOP_SESSION', { response_url })
    expect([http, code, String(message).startsWith('/session_id')]).toEqual([200, 2001, true])
  })

  it('to a station that is offline is answered, and its result is TIMEOUT', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    both.step({ state: 'done', outcome: 'notDelivered' })
    await both.look()
    expect(await now(both, asked)).toEqual(['done', 'TIMEOUT'])
  })

  it('times out in the announced second, and what was not sent by then is never sent', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    await both.cpo.clock.pass(announcedS * 1_000 - 1)
    await both.look()
    expect(posts(both)).toBe(0)
    await both.cpo.clock.pass(1)
    await both.look()
    expect([await now(both, asked), both.order().state]).toEqual([['done', 'TIMEOUT'], 'cancelled'])
  })

  it('S-25: is refused when its X-Request-ID comes again within a day', async () => {
    const both = await commanding()
    const body = { response_url, token, location_id: 'north', evse_uid: 'evse-1' }
    const headers = { 'x-request-id': 'r-1' }
    const first = await raw(both, 'commands/START_SESSION', body, { headers })
    const [, again] = await raw(both, 'commands/START_SESSION', body, { headers })
    await both.cpo.clock.pass(24 * 3_600_000)
    const [, nextDay] = await raw(both, 'commands/START_SESSION', body, { headers })
    expect([first[1], again, nextDay, both.orders.size]).toEqual([1000, 2000, 1000, 2])
  })
})

describe('the result of a command', () => {
  it('is told again while its response_url is unreachable, for a bounded time', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    both.step({ state: 'answered' })
    both.net.meddle = async (wanted, forward) =>
      wanted.url.startsWith('https://emp.example') ? { type: 'unreached', reason: 'nobody is there' } : forward()
    await both.look()
    for (let minute = 0; minute < 12; minute++) {
      await both.cpo.clock.pass(60_000)
      await both.look()
    }
    const tries = posts(both)
    both.net.meddle = (_, forward) => forward()
    await both.cpo.clock.pass(tellingMs)
    await both.look()
    const [row] = await both.taken.due(both.cpo.clock.now(), 10)
    expect([tries > 5 && tries < 20, posts(both) - tries, row, await now(both, asked)]).toEqual([
      true,
      0,
      undefined,
      ['waiting', undefined],
    ])
  })

  it('arrives once in effect where the answer to it is lost, and is not told again after one that has come', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    both.step({ state: 'answered' })
    let isLost = true
    both.net.meddle = async (wanted, forward) => {
      const answer = await forward()
      if (!isLost || !wanted.url.startsWith('https://emp.example')) return answer
      isLost = false
      return { type: 'unclear', reason: 'no answer within 10000 ms' }
    }
    await both.look()
    await both.cpo.clock.pass(2_000)
    await both.look()
    await both.cpo.clock.pass(60_000)
    await both.look()
    expect([posts(both), await now(both, asked)]).toEqual([2, ['done', 'ACCEPTED']])
  })

  it('is told by another process where the one that was telling it has died between order and result', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    both.step({ state: 'answered' })
    const forEver = new Promise<never>(() => {})
    both.net.meddle = (wanted, forward) => (wanted.url.startsWith('https://emp.example') ? forEver : forward())
    await both.results.look()
    both.net.meddle = (_, forward) => forward()
    const other = both.another()
    await other.look()
    await other.idle()
    expect(await now(both, asked)).toEqual(['waiting', undefined])
    await both.cpo.clock.pass(31_000)
    await other.look()
    await other.idle()
    expect(await now(both, asked)).toEqual(['done', 'ACCEPTED'])
  })

  it('is told by one of two processes that look at once', async () => {
    const both = await commanding()
    await both.ask(start())
    both.step({ state: 'answered' })
    const other = both.another()
    await Promise.all([both.results.look(), other.look()])
    await Promise.all([both.results.idle(), other.idle()])
    expect(posts(both)).toBe(1)
  })

  it('is given up where the partner does not want it', async () => {
    const both = await commanding()
    await both.ask(start())
    both.step({ state: 'answered' })
    both.net.meddle = async (wanted, forward) =>
      wanted.url.startsWith('https://emp.example')
        ? { type: 'answered', status: 404, text: '{"status_code":2000,"timestamp":""}', isWhole: true }
        : forward()
    await both.look()
    await both.cpo.clock.pass(60_000)
    await both.look()
    expect(posts(both)).toBe(1)
  })
})

describe('sessions of partners', () => {
  it('are stopped for whoever has begun them', async () => {
    const both = await commanding()
    await charging(both)
    const asked = await both.ask(stop())
    expect([asked.response, both.order().order]).toEqual(['ACCEPTED', { type: 'stopCharging', session: 's-1' }])
  })

  it('are unknown to everybody else', async () => {
    const both = await commanding()
    await charging(both)
    const session = both.sessions.get('s-1')
    if (session) both.sessions.set('s-2', { ...session, id: 's-2', command: 'of-an-operator' })
    const responses = [await both.ask(stop('s-2')), await both.ask(stop('s-3'))].map(({ response }) => response)
    expect(responses).toEqual(['UNKNOWN_SESSION', 'UNKNOWN_SESSION'])
  })

  it('are told once to stop where that is wanted twice, and both hear of it (duplicate STOP)', async () => {
    const both = await commanding()
    await charging(both)
    const orders = both.orders.size
    const [first, second] = [await both.ask(stop()), await both.ask(stop())]
    both.step({ state: 'done', outcome: 'succeeded' })
    await both.look()
    expect([both.orders.size - orders, await now(both, first), await now(both, second)]).toEqual([
      1,
      ['done', 'ACCEPTED'],
      ['done', 'ACCEPTED'],
    ])
    both.sessions.set('s-1', { ...(both.sessions.get('s-1') as Session), state: 'closed' })
    expect((await both.ask(stop())).response).toBe('REJECTED')
  })
})

describe('a reservation of a partner', () => {
  const reserved = async (both: Commanding) => {
    const asked = await both.ask(reserve())
    both.step({ state: 'done', outcome: 'succeeded' })
    both.reservations.set(100, kept({ command: both.order().id }))
    await both.look()
    return asked
  }

  it('has a number of its own at the station, whatever its partner calls it, and is cancelled by its name', async () => {
    const both = await commanding()
    const asked = await reserved(both)
    expect(await now(both, asked)).toEqual(['done', 'ACCEPTED'])
    const cancel = { type: 'CANCEL_RESERVATION' as const, body: { reservation_id: 'r-1' } }
    expect((await both.ask(cancel)).response).toBe('ACCEPTED')
    expect(both.order().order).toEqual({ type: 'cancelReservation', reservation: 100 })
    both.step({ state: 'done', outcome: 'succeeded' })
    both.reservations.set(100, kept({ command: [...both.orders.keys()][0] ?? '', state: 'cancelled' }))
    await both.look()
    // its own cancellation is no news to it
    expect(await now(both, asked)).toEqual(['done', 'ACCEPTED'])
    const unknown = await both.ask({ ...cancel, body: { reservation_id: 'R-2' } })
    expect(unknown.response).toBe('REJECTED')
  })

  it('that has ended otherwise is told of at the address of its command, once', async () => {
    const both = await commanding()
    const asked = await reserved(both)
    both.reservations.set(100, kept({ command: both.order().id, state: 'ended', reason: 'the connector is faulted' }))
    await both.look()
    await both.look()
    const { reason } = (await both.asked.find(asked)) ?? {}
    expect([await now(both, asked), reason, posts(both)]).toEqual([
      ['withdrawn', 'CANCELED_RESERVATION'],
      'the connector is faulted',
      2,
    ])
  })

  it('that was used is no news', async () => {
    const both = await commanding()
    await reserved(both)
    both.reservations.set(100, kept({ command: both.order().id, state: 'used', session: 's-1' }))
    await both.look()
    expect(posts(both)).toBe(1)
  })

  it('takes the place of the one of the same name', async () => {
    const both = await commanding()
    await reserved(both)
    await both.ask(reserve({ expiry_date: '2026-11-24T14:00:00Z' }))
    expect(both.order().order).toMatchObject({ type: 'reserve', replaces: 100, expiresAt: Date.UTC(2026, 10, 24, 14) })
  })
})

describe('BI-55: a response_url', () => {
  it.each([
    'http://emp.example/answers/1',
    'https://127.0.0.1/answers',
    'https://10.1.2.3/answers',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/answers',
    'https://[::ffff:10.0.0.1]/answers',
    'https://user:secret@emp.example/answers',
    'file:///etc/passwd',
    'nowhere',
  ])('%s is refused before anything is ordered, and logged', async (url) => {
    const both = await commanding()
    const body = { response_url: url, token, location_id: 'north', evse_uid: 'evse-1' }
    const [, code] = await raw(both, 'commands/START_SESSION', body)
    expect([code, both.orders.size]).toEqual([2001, 0])
    if (url.startsWith('https://1')) expect(both.cpo.log.join()).toContain('is not on the internet')
  })
})

describe('charging profiles of partners', () => {
  const profile = {
    charging_rate_unit: 'W',
    charging_profile_period: [{ start_period: 0, limit: 11000.04 }],
  }

  it('become profiles of the session, whose result is told', async () => {
    const both = await commanding()
    await charging(both)
    const body = { charging_profile: profile, response_url }
    expect(await raw(both, 'chargingprofiles/s-1', body, { method: 'PUT' })).toEqual([200, 1000, 'ACCEPTED'])
    expect(both.order().order).toEqual({
      type: 'setChargingProfile',
      profile: {
        evse: 1,
        purpose: 'tx',
        stackLevel: 0,
        kind: 'relative',
        schedules: [{ unit: 'W', periods: [{ startMs: 0, limit: 110_000 }] }],
      },
    })
    expect(await raw(both, 'chargingprofiles/s-1', body, { method: 'PUT' })).toEqual([200, 1000, 'TOO_OFTEN'])
    expect(await raw(both, 'chargingprofiles/s-9', body, { method: 'PUT' })).toEqual([200, 1000, 'UNKNOWN_SESSION'])
  })

  it('are told as the station has them, and that there is none to clear', async () => {
    const both = await commanding()
    await charging(both)
    const bodies: unknown[] = []
    both.net.meddle = async (wanted, forward) => {
      if (!wanted.url.startsWith(response_url)) return forward()
      bodies.push(JSON.parse(Buffer.from(wanted.body ?? []).toString('utf8')))
      return { type: 'answered', status: 200, text: '{"status_code":1000,"timestamp":""}', isWhole: true }
    }
    const query = `duration=3600&response_url=${encodeURIComponent(response_url)}`
    expect(await raw(both, `chargingprofiles/s-1?${query}`, undefined, { method: 'GET' })).toEqual([
      200,
      1000,
      'ACCEPTED',
    ])
    const chargingSchedule = {
      duration: 3600,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
    }
    const answer = { status: 'Accepted', connectorId: 1, scheduleStart: '2026-11-24T12:00:00Z', chargingSchedule }
    both.step({ state: 'done', outcome: 'succeeded', answer })
    await both.look()
    await raw(both, `chargingprofiles/s-1?${query}`, undefined, { method: 'DELETE' })
    both.step({ state: 'done', outcome: 'rejected', reason: 'the charge point has no such profile' })
    await both.look()
    expect(bodies).toEqual([
      {
        result: 'ACCEPTED',
        profile: {
          start_date_time: '2026-11-24T12:00:00Z',
          charging_profile: {
            start_date_time: '2026-11-24T12:00:00Z',
            duration: 3600,
            charging_rate_unit: 'A',
            charging_profile_period: [{ start_period: 0, limit: 16 }],
          },
        },
      },
      { result: 'UNKNOWN' },
    ])
  })

  it('are not asked for without a duration', async () => {
    const both = await commanding()
    const path = `chargingprofiles/s-1?response_url=${encodeURIComponent(response_url)}`
    expect((await raw(both, path, undefined, { method: 'GET' }))[1]).toBe(2001)
  })
})

describe('a command of ours', () => {
  it('times out where no result comes, and one that comes later counts all the same', async () => {
    const both = await commanding()
    const asked = await both.ask(start())
    await both.emp.clock.pass(35_001)
    await both.asks.sweep()
    expect(await now(both, asked)).toEqual(['timedOut', undefined])
    both.step({ state: 'answered' })
    await both.look()
    expect(await now(both, asked)).toEqual(['done', 'ACCEPTED'])
  })

  it('has failed where the partner cannot be reached, and is waited for where it may have heard us', async () => {
    const both = await commanding()
    both.net.meddle = async () => ({ type: 'unreached', reason: 'nobody is there' })
    const failed = await both.ask(start())
    both.net.meddle = async () => ({ type: 'unclear', reason: 'no answer within 15000 ms' })
    const unclear = await both.ask(start())
    expect([failed.state, unclear.state]).toEqual(['failed', 'waiting'])
  })

  it('has an address for its result that is nobody else’s, and no other address is one', async () => {
    const both = await commanding()
    const urls: string[] = []
    both.net.meddle = (wanted, forward) => {
      if (wanted.body) urls.push(JSON.parse(Buffer.from(wanted.body).toString('utf8')).response_url)
      return forward()
    }
    const asked = await both.ask(start())
    const [url = ''] = urls
    const result = { result: 'REJECTED' }
    const authorization = `Token ${Buffer.from(await both.cpo.tokenFor('emp')).toString('base64')}`
    const guessed = await said(both.net, `${url.slice(0, -1)}!`, { method: 'POST', authorization, body: result })
    const nobody = await said(both.net, url, { method: 'POST', body: result })
    expect([guessed.http, nobody.http, await now(both, asked)]).toEqual([404, 401, ['waiting', undefined]])
    expect(JSON.stringify([asked, both.emp.log])).not.toContain(url.split('/').at(-1))
    const told = await said(both.net, url, { method: 'POST', authorization, body: result })
    const again = await said(both.net, url, { method: 'POST', authorization, body: { result: 'ACCEPTED' } })
    expect([told.code, again.code, await now(both, asked)]).toEqual([1000, 1000, ['done', 'REJECTED']])
  })
})
