import { reachOver } from '../../adapters/roaming/reach.ts'
import type { SimKind } from '../../core/ports/sim-kinds.ts'
import type { SimOutside } from '../../adapters/sim/session.ts'
import type { SimTwin } from '../contracts/sim-provider.ts'
import { type GivenAnswer, type HeardRequest, startHttpReceiver } from './http-receiver.ts'

/** What a twin of a provider knows of the SIM of a test. */
export interface TwinState {
  standing: 'online' | 'attached' | 'detached' | 'blocked'
  state: 'active' | 'suspended' | 'inactive'
  readonly done: string[]
  /** Its SIMs as the provider writes them; the first is that of the test. */
  readonly iccids: readonly string[]
}

interface Given {
  readonly kind: (outside: SimOutside) => SimKind
  readonly secrets: Readonly<Record<string, string>>
  readonly isLogin: (request: HeardRequest) => boolean
  /** What is answered to it; undefined: such a person is not let in. */
  readonly login: (request: HeardRequest, token: string, now: number) => GivenAnswer | undefined
  readonly tokenMs: number
  /** Whoever comes here has been let in. */
  readonly answer: (request: HeardRequest, state: TwinState) => GivenAnswer
}

export const json = (body: unknown, status = 200): GivenAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
export const nothing = (status: number): GivenAnswer => ({ status })

/** A provider on loopback that gives tokens, has three SIMs, and can go wrong. */
export const startSimTwin = async (given: Given): Promise<SimTwin> => {
  const state: TwinState = {
    standing: 'online',
    state: 'active',
    done: [],
    iccids: ['8988303000123456789', '8988303000123456790', '8988303000123456791'],
  }
  const clock = { at: Date.UTC(2026, 9, 15), now: () => clock.at }
  const tokens = new Map<string, number>()
  const counts = { logins: 0, heard: 0, turns: 0 }
  let isLocked = false
  let wrong: 'read' | 'write' | undefined
  const answer = (request: HeardRequest): GivenAnswer => {
    counts.heard++
    if (given.isLogin(request)) {
      const token = `h.${Buffer.from(JSON.stringify({ exp: (clock.at + given.tokenMs) / 1_000, n: counts.logins })).toString('base64url')}.s`
      counts.logins++
      const said = isLocked ? undefined : given.login(request, token, clock.at)
      if (said !== undefined) tokens.set(token, clock.at + given.tokenMs)
      return said ?? nothing(401)
    }
    const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? ''
    if ((tokens.get(token) ?? 0) <= clock.at) return nothing(401)
    return given.answer(request, state)
  }
  const receiver = await startHttpReceiver({
    answer,
    brings: (request) => !given.isLogin(request) && wrong === (request.method === 'GET' ? 'read' : 'write'),
  })
  const reach = reachOver(async (host) => [{ address: host, family: 4 }])
  const kind = given.kind({ reach, clock, namedHosts: ['127.0.0.1'], tokens: new Map() })
  const access = {
    tenant: 'default',
    id: 'one',
    settings: { url: receiver.url, timeoutS: 1 },
    secrets: given.secrets,
  }
  let isClosed = false
  return {
    provider: kind.open(access, async () => void counts.turns++),
    iccid: state.iccids[0] ?? '',
    stand: (standing) => void (state.standing = standing),
    is: (said) => void (state.state = said),
    done: () => state.done,
    day: '2026-10-02',
    network: {
      next(mishap, what) {
        wrong = what
        receiver.next(mishap)
      },
      forget: () => tokens.clear(),
      lock: () => void (isLocked = true),
      tokenMs: given.tokenMs,
      pass: (ms) => void (clock.at += ms),
      logins: () => counts.logins,
      heard: () => counts.heard,
      turns: () => counts.turns,
      elsewhere: () => receiver.elsewhere(),
    },
    async close() {
      if (isClosed) return
      isClosed = true
      reach.close()
      await receiver.close()
    },
  }
}
