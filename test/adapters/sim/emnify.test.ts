import { describe, expect, it } from 'vitest'
import { emnifyKind } from '../../../adapters/sim/emnify.ts'
import { SimUnavailable } from '../../../core/ports/sim.ts'
import { simProviderContract } from '../../contracts/sim-provider.ts'
import type { GivenAnswer, HeardRequest } from '../../support/http-receiver.ts'
import { json, nothing, startSimTwin, type TwinState } from '../../support/sim-twin.ts'

const standings = { online: 'ONLINE', attached: 'ATTACHED', detached: 'OFFLINE', blocked: 'BLOCKED' } as const
const numbers = { active: 1, suspended: 2, inactive: 0 } as const

const simOf = (iccid: string, { iccids, state }: TwinState) => {
  const place = iccids.indexOf(iccid)
  return {
    id: 100 + place,
    iccid,
    imsi: '901430000000114',
    eid: '89049032123451234512345678901235',
    status: { id: place === 0 ? numbers[state] : 1 },
    endpoint: { id: 500 + place },
  }
}

/** emnify, as its description has it. */
const answer = ({ method, path, body }: HeardRequest, state: TwinState): GivenAnswer => {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  const of = (id: string, first: number): string | undefined => state.iccids[Number(id) - first]
  if (method === 'GET' && pathname === '/api/v1/sim') {
    const wanted = /^iccid:(\d+)$/.exec(searchParams.get('q') ?? '')?.[1]
    const sims = wanted === undefined ? state.iccids : state.iccids.filter((iccid) => iccid === wanted)
    return json(sims.map((iccid) => simOf(iccid, state)))
  }
  const [, what, id = '', more = ''] = /^\/api\/v1\/(sim|endpoint)\/(\d+)(?:\/(.+))?$/.exec(pathname) ?? []
  const iccid = of(id, what === 'sim' ? 100 : 500)
  // of the events of a SIM that is not there nothing is said
  if (iccid === undefined) return more === 'event' ? json([]) : nothing(404)
  switch (`${method} ${what} ${more}`) {
    case 'GET endpoint ':
      return json({ id: Number(id), imei: '3529351000001801', sim: { id: Number(id) - 400 } })
    case 'GET endpoint connectivity':
      return json({
        status: { description: standings[state.standing] },
        services: [],
        ...(state.standing === 'online' && { pdp_context: { created: '2026-10-14 08:12:02' } }),
      })
    case 'GET endpoint stats/daily':
      return json([
        { date: '2026-10-01', data: { volume: 0 }, sms: { volume: 0 } },
        { date: '2026-10-02', data: { volume: 1.5, volume_rx: 1, volume_tx: 0.5 }, sms: { volume: 2 } },
      ])
    case 'GET sim event':
      return json([
        {
          timestamp: '2026-10-02T12:07:09.000+0000',
          alert: false,
          event_type: { id: 1, description: 'Update location' },
        },
      ])
    case 'PATCH endpoint connectivity':
      state.done.push('reset')
      return nothing(204)
    case 'POST endpoint sms':
      state.done.push(`sms: ${(JSON.parse(body.toString()) as { payload: string }).payload}`)
      return json({}, 201)
    case 'PATCH sim ': {
      const { status } = JSON.parse(body.toString()) as { status: { id: number } }
      state.done.push(status.id === 1 ? 'active' : 'suspended')
      return nothing(204)
    }
    default:
      return nothing(405)
  }
}

const secrets = { applicationToken: 'app.token' }
const startWith = (answers: typeof answer) =>
  startSimTwin({
    kind: emnifyKind,
    secrets,
    isLogin: ({ path }) => path === '/api/v1/authenticate',
    login: ({ body }, token) =>
      body.toString() === '{"application_token":"app.token"}' ? json({ auth_token: token }) : undefined,
    tokenMs: 14_400_000,
    answer: answers,
  })

describe('emnify', () => {
  simProviderContract(() => startWith(answer))

  it('reads its words', async () => {
    const twin = await startWith(answer)
    try {
      const { provider, iccid } = twin
      expect(await provider.getSim(iccid)).toEqual({
        iccid,
        imsi: '901430000000114',
        eid: '89049032123451234512345678901235',
        imei: '35293510000018',
        state: 'active',
      })
      expect(await provider.connectivity(iccid)).toMatchObject({
        said: 'ONLINE',
        sessionSince: Date.UTC(2026, 9, 14, 8, 12, 2),
      })
      expect(await provider.events(iccid, 5)).toEqual([
        { at: Date.UTC(2026, 9, 2, 12, 7, 9), text: 'Update location', isAlert: false },
      ])
    } finally {
      await twin.close()
    }
  })

  it('of a SIM without an endpoint says what it is, and that nothing can be sent there', async () => {
    const twin = await startWith((request, state) => {
      const said = answer(request, state)
      return request.path.startsWith('/api/v1/sim?')
        ? json((JSON.parse(said.body ?? '[]') as { endpoint?: object }[]).map(({ endpoint: _endpoint, ...sim }) => sim))
        : said
    })
    try {
      const { provider, iccid, done } = twin
      expect(await provider.getSim(iccid)).toMatchObject({ iccid, state: 'active' })
      expect(await provider.connectivity(iccid)).toBeUndefined()
      expect(await provider.reset(iccid)).toEqual({ accepted: false, reason: 'the SIM has no endpoint' })
      expect(done()).toEqual([])
    } finally {
      await twin.close()
    }
  })

  it('takes no other SIM for the one that it was asked for', async () => {
    const twin = await startWith((request, state) =>
      request.path.startsWith('/api/v1/sim?') ? json([simOf(state.iccids[1] ?? '', state)]) : answer(request, state),
    )
    try {
      expect(await twin.provider.getSim(twin.iccid)).toBeUndefined()
    } finally {
      await twin.close()
    }
  })

  it.each([{}, 'x', [{ id: '../1', iccid: '8988303000123456789' }], [{ id: 1 }]])(
    'takes %j for no answer about a SIM',
    async (said) => {
      const twin = await startWith((request, state) =>
        request.path.startsWith('/api/v1/sim?') ? json(said) : answer(request, state),
      )
      try {
        await expect(twin.provider.getSim(twin.iccid)).rejects.toThrow(SimUnavailable)
      } finally {
        await twin.close()
      }
    },
  )
})
