import { afterEach, describe, expect, it } from 'vitest'
import { type SimProvider, SimUnavailable, SimUnclear } from '../../core/ports/sim.ts'
import { type Mishap, mishaps } from './erp.ts'

/** A provider of a test, and an adapter that is pointed at it. */
export interface SimTwin {
  /** With a time-out of about a second. */
  readonly provider: SimProvider
  /** A SIM that it has, active and online, in no test's way; it has two more. */
  readonly iccid: string
  /** How it stands from now on. */
  readonly stand: (standing: 'online' | 'attached' | 'detached' | 'blocked') => void
  readonly is: (state: 'active' | 'suspended' | 'inactive') => void
  /** What was done to it, in order: `reset`, `sms: hello`, `suspended`. */
  readonly done: () => readonly string[]
  /** What it has used on the second of October 2026: 1.5 MB and two messages; nothing on the first. */
  readonly day: string
  /** Absent where nothing goes over a network. */
  readonly network?: {
    /** The next request that reads, or does something, goes wrong like this. */
    readonly next: (mishap: Mishap, what: 'read' | 'write') => void
    /** It takes no token that it has given so far. */
    readonly forget: () => void
    /** It lets nobody in from now on. */
    readonly lock: () => void
    /** So much later its token is not good any more. */
    readonly tokenMs: number
    readonly pass: (ms: number) => void
    readonly logins: () => number
    /** All requests that it has heard, and how often the adapter has waited for its turn. */
    readonly heard: () => number
    readonly turns: () => number
    /** What came to where a redirect led to. */
    readonly elsewhere: () => number
  }
  readonly close: () => Promise<void>
}

const unknown = '8988999999999999999'
const possible = Object.keys(mishaps) as readonly Mishap[]

/**
 * What every adapter to a SIM provider must do, whatever its provider does: what it reads is true, what it does is done once
 * at most, and it never says that nothing was done where something may have been. `make` starts a twin of the provider
 * on loopback; how its words look is tested beside it.
 */
export const simProviderContract = (make: () => Promise<SimTwin>, skips: Readonly<{ network?: string }> = {}): void => {
  let twin: SimTwin | undefined
  const started = async (): Promise<SimTwin> => (twin = await make())
  afterEach(async () => {
    await twin?.close()
    twin = undefined
  })
  const failureOf = async (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => undefined,
      (error: unknown) => error,
    )

  it('has a SIM by its number, with its state', async () => {
    const { provider, iccid, is } = await started()
    expect(await provider.getSim(iccid)).toMatchObject({ iccid, state: 'active' })
    is('suspended')
    expect(await provider.getSim(iccid)).toMatchObject({ iccid, state: 'suspended' })
    is('inactive')
    expect(await provider.getSim(iccid)).toMatchObject({ iccid, state: 'inactive' })
  })

  it('says how each stands with the network', async () => {
    const { provider, iccid, stand } = await started()
    const seen = []
    for (const standing of ['online', 'attached', 'detached', 'blocked'] as const) {
      stand(standing)
      const { attachment, dataSession, isBlocked } = (await provider.connectivity(iccid)) ?? {}
      seen.push([standing, attachment === 'attached', dataSession, isBlocked])
    }
    expect(seen).toEqual([
      ['online', true, 'open', false],
      ['attached', true, 'none', false],
      ['detached', false, 'none', false],
      ['blocked', false, 'none', true],
    ])
  })

  it('reads usage day by day, to the last millionth', async () => {
    const { provider, iccid, day } = await started()
    const days = await provider.usage(iccid, { from: '2026-10-01', to: '2026-10-03' })
    expect(days?.filter(({ dataMillionths, sms }) => dataMillionths + sms > 0)).toEqual([
      { day, dataMillionths: 1_500_000, sms: 2 },
    ])
  })

  it('does what it is asked for, once', async () => {
    const { provider, iccid, done } = await started()
    const verdicts = [
      await provider.reset(iccid),
      await provider.sendSms(iccid, 'hello'),
      await provider.setState(iccid, 'suspended'),
      await provider.setState(iccid, 'active'),
    ]
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([true, true, true, true])
    expect(done()).toEqual(['reset', 'sms: hello', 'suspended', 'active'])
  })

  it('knows nothing of a SIM that it has not, and does nothing to it', async () => {
    const { provider, done } = await started()
    expect(await provider.getSim(unknown)).toBeUndefined()
    expect(await provider.connectivity(unknown)).toBeUndefined()
    expect((await provider.usage(unknown, { from: '2026-10-01', to: '2026-10-02' })) ?? []).toEqual([])
    expect((await provider.events(unknown, 5)) ?? []).toEqual([])
    for (const verdict of [
      await provider.reset(unknown),
      await provider.sendSms(unknown, 'hello'),
      await provider.setState(unknown, 'active'),
    ])
      expect(verdict).toEqual({ accepted: false, reason: expect.any(String) })
    expect(done()).toEqual([])
  })

  it('tells of all its SIMs, each once, page by page', async () => {
    const { provider, iccid } = await started()
    const seen: string[] = []
    for (let cursor: string | undefined = '', first = true; first || cursor !== undefined; first = false) {
      const { sims, next } = await provider.list(first ? undefined : cursor)
      seen.push(...sims.map((sim) => sim.iccid))
      cursor = next
    }
    expect(seen).toHaveLength(3)
    expect(new Set(seen)).toContain(iccid)
    expect(new Set(seen).size).toBe(3)
  })

  if (skips.network !== undefined) return

  describe('over a network', () => {
    const over = async () => {
      const started_ = await started()
      if (started_.network === undefined) throw new Error('this twin has no network')
      return { ...started_, network: started_.network }
    }

    it('says for certain that nothing was done where nobody is', async () => {
      const { provider, iccid, close } = await over()
      await close()
      expect(await failureOf(provider.getSim(iccid))).toBeInstanceOf(SimUnavailable)
      expect(await failureOf(provider.reset(iccid))).toBeInstanceOf(SimUnavailable)
    })

    it.each(possible.map((mishap) => ({ mishap, what: mishaps[mishap] })))(
      'of a provider that $what nothing is read that is not so, and the next look sees all of it',
      async ({ mishap }) => {
        const { provider, iccid, network } = await over()
        network.next(mishap, 'read')
        const failure = await failureOf(provider.connectivity(iccid))
        expect(failure).toBeInstanceOf(SimUnavailable)
        expect(await provider.connectivity(iccid)).toMatchObject({ attachment: 'attached', dataSession: 'open' })
        expect(network.elsewhere()).toBe(0)
      },
    )

    it.each(possible.map((mishap) => ({ mishap, what: mishaps[mishap] })))(
      'at a provider that $what a message is sent once at most, and nobody claims more than is known',
      async ({ mishap }) => {
        const { provider, iccid, network, done } = await over()
        network.next(mishap, 'write')
        const failure = await failureOf(provider.sendSms(iccid, 'hello'))
        const isKnown = failure instanceof SimUnavailable
        expect(isKnown || failure instanceof SimUnclear).toBe(true)
        if (isKnown) expect(done()).toEqual([])
        expect(done().length).toBeLessThanOrEqual(1)
        expect(network.elsewhere()).toBe(0)
      },
    )

    it('says when to come again where it was told', async () => {
      const { provider, iccid, network } = await over()
      for (const what of ['read', 'write'] as const) {
        network.next('busy', what)
        const failure = await failureOf(what === 'read' ? provider.getSim(iccid) : provider.reset(iccid))
        expect(failure).toBeInstanceOf(SimUnavailable)
        expect((failure as SimUnavailable).retryAfterMs).toBe(2_000)
      }
    })

    it('asks for a token once, and again when it is over', async () => {
      const { provider, iccid, network } = await over()
      for (let time = 0; time < 3; time++) await provider.getSim(iccid)
      expect(network.logins()).toBe(1)
      network.pass(network.tokenMs)
      await provider.getSim(iccid)
      expect(network.logins()).toBe(2)
    })

    it('a token that is refused before its time is asked for anew, and nothing is done twice', async () => {
      const { provider, iccid, network, done } = await over()
      await provider.getSim(iccid)
      network.forget()
      expect(await provider.reset(iccid)).toMatchObject({ accepted: true })
      network.forget()
      expect(await provider.getSim(iccid)).toMatchObject({ iccid })
      expect([network.logins(), done()]).toEqual([3, ['reset']])
    })

    it('whoever is not let in does not knock again soon', async () => {
      const { provider, iccid, network } = await over()
      network.lock()
      const failure = await failureOf(provider.getSim(iccid))
      expect(failure).toBeInstanceOf(SimUnavailable)
      expect((failure as SimUnavailable).retryAfterMs).toBeGreaterThanOrEqual(300_000)
      expect(network.logins()).toBe(1)
    })

    it('waits for its turn before each of its requests', async () => {
      const { provider, iccid, network } = await over()
      await provider.getSim(iccid)
      await provider.usage(iccid, { from: '2026-10-01', to: '2026-10-03' })
      await provider.reset(iccid)
      await provider.list()
      expect(network.turns()).toBe(network.heard())
    })
  })
}
