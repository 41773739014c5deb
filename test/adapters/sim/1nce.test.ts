import { describe, expect, it } from 'vitest'
import { oneNceKind } from '../../../adapters/sim/1nce.ts'
import { simProviderContract } from '../../contracts/sim-provider.ts'
import type { GivenAnswer, HeardRequest } from '../../support/http-receiver.ts'
import { json, nothing, startSimTwin, type TwinState } from '../../support/sim-twin.ts'

const notFound = json({ error_code: 1000, error_token: 'NotFound', message: 'Element not found' }, 404)

const standings = { online: 'ONLINE', attached: 'ATTACHED', detached: 'OFFLINE', blocked: 'BLOCKED' } as const

const simOf = (iccid: string, { state, iccids }: TwinState) => {
  const its = iccid === iccids[0] ? state : 'active'
  return {
    iccid,
    iccid_with_luhn: `${iccid}4`,
    imsi: '901405100000018',
    imei: '3529351000001800',
    status: its === 'active' ? 'Enabled' : 'Disabled',
    ...(its !== 'inactive' && { activation_date: '2018-03-09T07:59:09.000+0000' }),
  }
}

const usage = (date: string, mb: string, sms: string) => ({
  date: `${date}T00:00:00.000Z`,
  data: { volume: mb },
  sms: { volume: sms },
})

/** 1NCE, as its descriptions have it. */
const answer = ({ method, path, body }: HeardRequest, state: TwinState): GivenAnswer => {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  if (method === 'GET' && pathname === '/v2/sims') {
    const page = Number(searchParams.get('page'))
    const sims = page === 1 ? state.iccids.slice(0, 2) : state.iccids.slice(2)
    const listed = json(sims.map((iccid) => simOf(iccid, state)))
    return { ...listed, headers: { ...listed.headers, 'x-total-pages': '2' } }
  }
  const [, version, iccid = '', what = ''] = /^\/(v[12])\/sims\/(\d+)(?:\/(\w+))?$/.exec(pathname) ?? []
  if (!state.iccids.includes(iccid)) return notFound
  switch (`${method} ${version} ${what}`) {
    case 'GET v2 ':
      return json(simOf(iccid, state))
    case 'GET v2 status':
      return json({
        status: { description: standings[state.standing] },
        services: [],
        ...(state.standing === 'online' && { pdp_contexts: [{ created: '2026-10-14T08:12:02.000Z' }] }),
      })
    case 'GET v1 usage':
      return json({ stats: [usage('2026-10-02', '1.500000', '2'), usage('2026-10-01', '0', '0')] })
    case 'GET v2 events':
      return json([
        {
          timestamp: '2026-10-01T12:07:09.000Z',
          alert: false,
          event_type: { id: 3, description: 'Create PDP Context' },
        },
        {
          timestamp: '2026-10-02T12:07:09.000Z',
          alert: true,
          event_type: { id: 4, description: 'Delete PDP Context' },
          description: 'gone',
        },
      ])
    case 'POST v2 reset':
      state.done.push('reset')
      return nothing(201)
    case 'POST v2 sms':
      state.done.push(`sms: ${(JSON.parse(body.toString()) as { payload: string }).payload}`)
      return json({ id: '17' }, 201)
    case 'PUT v2 ': {
      const { status } = JSON.parse(body.toString()) as { status: string }
      state.done.push(status === 'Enabled' ? 'active' : 'suspended')
      return nothing(200)
    }
    default:
      return nothing(405)
  }
}

const secrets = { username: 'operator', password: 'secret' }

const start = () =>
  startSimTwin({
    kind: oneNceKind,
    secrets,
    isLogin: ({ path }) => path === '/oauth/token',
    login: ({ headers, body }, token) =>
      headers['authorization'] === `Basic ${Buffer.from('operator:secret').toString('base64')}` &&
      body.toString() === '{"grant_type":"client_credentials"}'
        ? json({ status_code: 200, access_token: token, token_type: 'bearer', expires_in: 3_600 })
        : undefined,
    tokenMs: 3_600_000,
    answer,
  })

describe('1NCE', () => {
  simProviderContract(start)

  it('reads its words', async () => {
    const twin = await start()
    try {
      const { provider, iccid } = twin
      expect(await provider.getSim(iccid)).toEqual({
        iccid,
        imsi: '901405100000018',
        imei: '35293510000018',
        state: 'active',
      })
      expect(await provider.connectivity(iccid)).toEqual({
        attachment: 'attached',
        dataSession: 'open',
        isBlocked: false,
        sessionSince: Date.UTC(2026, 9, 14, 8, 12, 2),
        lagMs: 172_800_000,
        said: 'ONLINE',
      })
      expect(await provider.sendSms(iccid, 'hello')).toEqual({ accepted: true, detail: 'as 17' })
      expect(await provider.events(iccid, 1)).toEqual([
        { at: Date.UTC(2026, 9, 2, 12, 7, 9), text: 'Delete PDP Context: gone', isAlert: true },
      ])
    } finally {
      await twin.close()
    }
  })

  const kind = oneNceKind({
    reach: async () => ({ type: 'unreached', reason: '' }),
    clock: { now: () => 0 },
    namedHosts: [],
    tokens: new Map(),
  })
  const access = { tenant: 'default', id: 'one', settings: {}, secrets }

  it('needs no setting but what it is let in with', () => {
    expect(kind.faults(access)).toEqual([])
    expect(kind.policy(access)).toEqual({ perMinute: 60, pollMs: 86_400_000, wakeUpText: 'wakeup' })
  })

  it.each([
    [{ settings: { url: 'ftp://example.com' } }, '/settings/url'],
    [{ settings: { url: 'https://user:pass@example.com' } }, '/settings/url'],
    [{ settings: { url: 'http://example.com' } }, '/settings/url'],
    [{ settings: { perMinute: 0 } }, '/settings/perMinute'],
    [{ settings: { tariff: { currency: 'euro' } } }, '/settings/tariff/currency'],
    [{ settings: { tariff: { currency: 'EUR', perMb: 0.2 } } }, '/settings/tariff/perMb'],
    [{ settings: { colour: 'blue' } }, '/settings/colour'],
    [{ secrets: { username: 'operator' } }, '/secrets/password'],
  ])('%j names what is wrong', (wrong, pointer) => {
    expect(kind.faults({ ...access, ...wrong }).map((fault) => fault.pointer)).toEqual([pointer])
  })
})
