import { describe, expect, it } from 'vitest'
import type { Authorization } from '../../core/domain/authorization.ts'
import type { Presented } from '../../core/domain/token.ts'
import type { Presentation } from '../../core/ports/roaming-authorizer.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import { accept, testWorker } from '../support/worker.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const at = (minute: number): string => new Date(noon + minute * 60_000).toISOString()

const theirs: [string, Presented] = [
  'theirs',
  {
    uid: 'THEIRS',
    issuer: 'DE*EMP',
    type: 'RFID',
    status: 'Accepted',
    contract: 'DE-EMP-C00000001',
    roaming: { partner: 'emp', whitelist: 'NEVER', type: 'RFID' },
  },
]

/** A station, and roaming that answers so; what it was asked about. */
const roaming = (
  answer: (presented: Presentation) => Promise<Authorization> = async () => ({ status: 'Blocked' }),
  protocol: Protocol = 'ocpp2.0.1',
) => {
  const asked: Presentation[] = []
  const test = testWorker({
    outside: {
      roaming: {
        authorize(presented) {
          asked.push(presented)
          return answer(presented)
        },
      },
    },
  })
  test.tokens.set(...accept('OURS'))
  test.tokens.set(...theirs)
  return { ...test, asked, station: test.connect('CP-1', 'accepted', protocol) }
}

const event = (id: string, phase: string, seq: number, { token = 'THEIRS', minute = 0, more = {} } = {}): unknown => [
  2,
  id,
  'TransactionEvent',
  {
    eventType: phase,
    timestamp: at(minute),
    triggerReason: phase === 'Ended' ? 'StopAuthorized' : 'Authorized',
    seqNo: seq,
    transactionInfo: { transactionId: 'tx-1' },
    evse: { id: 2, connectorId: 1 },
    idToken: { idToken: token, type: 'ISO14443' },
    ...more,
  },
]
const told = (answers: readonly unknown[]): unknown =>
  (answers as readonly [number, string, { idTokenInfo?: { status: string }; idTagInfo?: { status: string } }][]).map(
    ([, , { idTokenInfo, idTagInfo }]) => (idTokenInfo ?? idTagInfo)?.status,
  )

describe('a session over OCPP 2.x with a token of a partner', () => {
  it('begins with what its EMP says, which is asked at its EVSE and waited for by nobody but this event', async () => {
    const { station, asked, memory } = roaming(async () => ({ status: 'Accepted', contract: 'DE-EMP-C00000002' }))
    expect(told(await station.asks(event('a', 'Started', 0)))).toEqual(['Accepted'])
    expect(asked).toMatchObject([
      { uid: 'THEIRS', type: 'RFID', occasion: 'start', evse: 2, isLate: false, own: { status: 'Accepted' } },
    ])
    expect([...memory.sessions.values()]).toMatchObject([
      { token: 'THEIRS', authorization: { status: 'Accepted', contract: 'DE-EMP-C00000002' } },
    ])
  })

  it('is kept all the same where its EMP says no, and its station is told so', async () => {
    const { station, memory } = roaming()
    expect(told(await station.asks(event('a', 'Started', 0)))).toEqual(['Blocked'])
    expect([...memory.sessions.values()]).toMatchObject([{ state: 'open', authorization: { status: 'Blocked' } }])
  })

  it('is told the same for the same event, whatever its EMP says by then (INV-10)', async () => {
    const words = ['Accepted', 'Blocked'] as const
    let n = 0
    const { station } = roaming(async () => ({ status: words[n++] ?? 'Invalid' }))
    expect(
      told([...(await station.asks(event('a', 'Started', 0))), ...(await station.asks(event('b', 'Started', 0)))]),
    ).toEqual(['Accepted', 'Accepted'])
  })

  it('ends without its EMP: whoever stops is not held back by anybody', async () => {
    const { station, asked } = roaming(async () => ({ status: 'Accepted' }))
    await station.asks(event('a', 'Started', 0))
    const ended = await station.asks(
      event('b', 'Ended', 1, {
        minute: 1,
        more: { transactionInfo: { transactionId: 'tx-1', stoppedReason: 'Local' } },
      }),
    )
    expect([told(ended), asked.length]).toEqual([['Accepted'], 1])
  })

  it('is late where its station was offline for long', async () => {
    const { station, asked, clock } = roaming(async () => ({ status: 'Accepted' }))
    await clock.pass(600_000)
    await station.asks(event('a', 'Started', 0))
    expect(asked).toMatchObject([{ isLate: true }])
  })

  it('does not hold up what the station says beside, while its EMP thinks', async () => {
    const { promise, resolve } = Promise.withResolvers<Authorization>()
    const { station, connect } = roaming(() => promise)
    expect(await station.asks(event('a', 'Started', 0))).toEqual([])
    const other = connect('CP-2', 'accepted', 'ocpp2.0.1')
    expect(told(await other.asks(event('b', 'Started', 0, { token: 'OURS' })))).toEqual(['Accepted'])
    resolve({ status: 'Accepted' })
    expect(told(await station.asks())).toEqual(['Accepted'])
  })
})

describe('a token that its station presents', () => {
  const authorize = (id: string, idToken: string, type = 'ISO14443'): unknown => [
    2,
    id,
    'Authorize',
    { idToken: { idToken, type } },
  ]

  it('of a partner, or of nobody, is for its EMP to say; 1.6 does not say what it is', async () => {
    const two = roaming()
    expect(told(await two.station.asks(authorize('a', 'THEIRS'), authorize('b', 'NOBODYS')))).toEqual([
      'Blocked',
      'Blocked',
    ])
    const one = roaming(undefined, 'ocpp1.6')
    await one.station.asks([2, 'a', 'Authorize', { idTag: 'NOBODYS' }])
    expect([two.asked, one.asked].map((all) => all.map(({ uid, type, known }) => [uid, type, known?.uid]))).toEqual([
      [
        ['THEIRS', 'RFID', 'THEIRS'],
        ['NOBODYS', 'RFID', undefined],
      ],
      [['NOBODYS', undefined, undefined]],
    ])
  })

  it('that is our own gets nowhere near a partner, in any message of any version', async () => {
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const) {
      const { station, asked } = roaming(async () => Promise.reject(new Error('nobody should have asked')), protocol)
      const frames =
        protocol === 'ocpp1.6'
          ? [
              [2, 'a', 'Authorize', { idTag: 'OURS' }],
              [2, 'b', 'StartTransaction', { connectorId: 1, idTag: 'ours', meterStart: 0, timestamp: at(0) }],
              [
                2,
                'c',
                'StopTransaction',
                { transactionId: 1_000_001, idTag: 'OURS', meterStop: 5, timestamp: at(1), reason: 'Local' },
              ],
            ]
          : [
              authorize('a', 'OURS'),
              event('b', 'Started', 0, { token: 'ours' }),
              event('c', 'Updated', 1, { token: 'OURS', minute: 1 }),
            ]
      const answers: unknown[] = []
      for (const frame of frames) answers.push(...(await station.asks(frame)))
      expect([protocol, told(answers), asked]).toEqual([protocol, ['Accepted', 'Accepted', 'Accepted'], []])
    }
  })

  it('that is our own is answered as soon as without roaming: nothing more is awaited', async () => {
    const turns = async (outside: object): Promise<number> => {
      const { tokens, connect } = testWorker({ outside })
      tokens.set(...accept('OURS'))
      const { says, said } = connect('CP-1', 'accepted', 'ocpp2.0.1')
      says(authorize('a', 'OURS'))
      let n = 0
      for (; said.length === 0 && n < 1_000; n++) await Promise.resolve()
      return n
    }
    const bare = await turns({})
    expect(bare).toBeLessThan(1_000)
    expect(await turns({ roaming: { authorize: async () => ({ status: 'Accepted' }) } })).toBe(bare)
  })
})
