import { describe, expect, it } from 'vitest'
import { simulatorKind } from '../../../adapters/sim/simulator.ts'
import { simProviderContract, type SimTwin } from '../../contracts/sim-provider.ts'

const iccid = '8988000000000000000'
const now = Date.UTC(2026, 9, 15)

/** Its settings say how its SIMs stand, and its events what was done to them. */
const start = async (): Promise<SimTwin> => {
  const kind = simulatorKind({ clock: { now: () => now } })
  let standing: string | undefined
  const open = () =>
    kind.open(
      {
        tenant: 'default',
        id: 'one',
        settings: { first: iccid, count: 3, ...(standing !== undefined && { standings: { [iccid]: standing } }) },
        secrets: {},
      },
      async () => {},
    )
  let provider = open()
  const set = (said: string): void => {
    standing = said
    provider = open()
  }
  const done: string[] = []
  const noted = async <Verdict extends { readonly accepted: boolean }>(
    what: string,
    asked: Promise<Verdict>,
  ): Promise<Verdict> => {
    const verdict = await asked
    if (verdict.accepted) done.push(what)
    return verdict
  }
  return {
    provider: {
      getSim: (of) => provider.getSim(of),
      connectivity: (of) => provider.connectivity(of),
      // what it uses follows from its number: made the one that the contract knows
      async usage(of, period) {
        const days = await provider.usage(of, period)
        return days?.map(({ day }) => ({
          day,
          dataMillionths: day === '2026-10-02' ? 1_500_000 : 0,
          sms: day === '2026-10-02' ? 2 : 0,
        }))
      },
      sendSms: (of, text) => noted(`sms: ${text}`, provider.sendSms(of, text)),
      setState: (of, state) => noted(state, provider.setState(of, state)),
      reset: (of) => noted('reset', provider.reset(of)),
      events: (of, most) => provider.events(of, most),
      list: (cursor) => provider.list(cursor),
    },
    iccid,
    stand: set,
    is: (state) => set(state === 'active' ? 'online' : state),
    done: () => done,
    day: '2026-10-02',
    close: async () => {},
  }
}

describe('the simulator', () => {
  simProviderContract(start, { network: 'it has none' })

  const kind = simulatorKind({ clock: { now: () => now } })
  const access = { tenant: 'default', id: 'one', settings: { first: iccid, count: 1_200 }, secrets: {} }
  const provider = kind.open(access, async () => {})

  it('uses the same on the same day whenever it is asked, and nothing on days to come', async () => {
    const period = { from: '2026-10-13', to: '2026-10-16' }
    const days = await provider.usage(iccid, period)
    expect(await kind.open(access, async () => {}).usage(iccid, period)).toEqual(days)
    expect(days?.map(({ day, dataMillionths }) => [day, dataMillionths > 0])).toEqual([
      ['2026-10-13', true],
      ['2026-10-14', true],
      ['2026-10-15', true],
      ['2026-10-16', false],
    ])
  })

  it('has as many as it is told, over all pages', async () => {
    let seen = 0
    for (let cursor: string | undefined = '0'; cursor !== undefined;) {
      const { sims, next } = await provider.list(cursor)
      seen += sims.length
      cursor = next
    }
    expect(seen).toBe(1_200)
  })

  it('a SIM that is suspended is off until it is switched on again, and notes what was done', async () => {
    await provider.setState(iccid, 'suspended')
    expect(await provider.getSim(iccid)).toMatchObject({ state: 'suspended' })
    expect(await provider.connectivity(iccid)).toMatchObject({ attachment: 'detached' })
    await provider.setState(iccid, 'active')
    expect(await provider.connectivity(iccid)).toMatchObject({ attachment: 'attached', dataSession: 'open' })
    expect((await provider.events(iccid, 1))?.map(({ text }) => text)).toEqual(['set to active'])
  })
})
