import { describe, expect, it } from 'vitest'
import {
  advanceSimCommand,
  type SimCommand,
  type SimCommandEvent,
  type SimCommandType,
} from '../../../core/domain/sim-command.ts'

const made = (type: SimCommandType, station: string | undefined = 'CP-1'): SimCommand => ({
  tenant: 'default',
  id: 'one',
  iccid: '8988303000123456789',
  type,
  ...(station !== '' && { station }),
  state: 'queued',
  createdAt: 0,
  changedAt: 0,
  deadline: 120_000,
  isDoubtful: false,
})

/** What becomes of it with events at these times. */
const after = (command: SimCommand, ...events: readonly (readonly [number, SimCommandEvent])[]) => {
  const { state, outcome, reason } = events.reduce(
    (now, [at, event]) => advanceSimCommand(now, event, at) ?? now,
    command,
  )
  return [state, outcome ?? null, reason ?? null]
}
const sent = [1_000, { type: 'sent' }] as const
const accepted = [2_000, { type: 'accepted' }] as const

describe('a command to a SIM', () => {
  it('a wake-up succeeds when the charge point connects after it was sent', () => {
    expect(after(made('wakeUp'), sent, accepted)).toEqual(['waiting', null, null])
    expect(after(made('wakeUp'), sent, accepted, [9_000, { type: 'connected', at: 8_000 }])).toEqual([
      'done',
      'succeeded',
      'the charge point has connected',
    ])
  })
  it('a connection from before it was sent is no effect of it', () => {
    expect(after(made('wakeUp'), sent, accepted, [9_000, { type: 'connected', at: 1_000 }])[0]).toBe('waiting')
  })
  it('a wake-up fails where nobody comes within its time', () => {
    expect(after(made('wakeUp'), sent, accepted, [302_000, { type: 'late' }])).toEqual([
      'done',
      'failed',
      'the charge point has not connected',
    ])
    expect(after(made('wakeUp'), sent, accepted, [301_999, { type: 'late' }])[0]).toBe('waiting')
  })
  it('a reset of a SIM in no charge point is over when its provider has it', () => {
    expect(after(made('reset', ''), sent, [2_000, { type: 'accepted', detail: 'as 7' }])).toEqual([
      'done',
      'succeeded',
      'as 7',
    ])
  })
  it.each(['activate', 'suspend', 'look'] as const)('%s is over when its provider has it', (type) => {
    expect(after(made(type), sent, accepted).slice(0, 2)).toEqual(['done', 'succeeded'])
  })
  it('a refusal is a result', () => {
    expect(after(made('suspend'), sent, [2_000, { type: 'refused', reason: 'no' }])).toEqual(['done', 'rejected', 'no'])
  })
  it('what has not left us is sent again while there is time, and then is not', () => {
    const away = { type: 'unavailable', reason: 'away' } as const
    expect(after(made('suspend'), sent, [2_000, away])).toEqual(['queued', null, 'away'])
    expect(after(made('suspend'), sent, [2_000, away], [3_000, { type: 'sent' }], accepted)[1]).toBe('succeeded')
    expect(after(made('suspend'), sent, [120_000, away])).toEqual(['done', 'notSent', 'away'])
    expect(after(made('suspend'), sent, [2_000, away], [120_000, { type: 'late' }])).toEqual([
      'done',
      'notSent',
      'away',
    ])
  })
  it('what may have arrived is never sent again', () => {
    const unclear = [2_000, { type: 'unclear', reason: 'no answer' }] as const
    expect(after(made('suspend'), sent, unclear)).toEqual(['done', 'unclear', 'no answer'])
    expect(after(made('suspend'), sent, unclear, [3_000, { type: 'sent' }])).toEqual(['done', 'unclear', 'no answer'])
  })
  it('of a wake-up that may have arrived the charge point says whether it has', () => {
    const unclear = [2_000, { type: 'unclear', reason: 'no answer' }] as const
    expect(after(made('wakeUp'), sent, unclear, [9_000, { type: 'connected', at: 8_000 }])[1]).toBe('succeeded')
    expect(after(made('wakeUp'), sent, unclear, [400_000, { type: 'late' }])).toEqual(['done', 'unclear', 'no answer'])
  })
  it('whoever was sending it and is not heard of has left it unclear', () => {
    expect(after(made('suspend'), sent, [719_999, { type: 'late' }])[0]).toBe('sent')
    expect(after(made('suspend'), sent, [720_000, { type: 'late' }])[1]).toBe('unclear')
  })
  it('nothing changes what is over', () => {
    const over = made('suspend')
    const events: readonly SimCommandEvent[] = [
      { type: 'sent' },
      { type: 'accepted' },
      { type: 'refused', reason: 'x' },
      { type: 'unavailable', reason: 'x' },
      { type: 'unclear', reason: 'x' },
      { type: 'connected', at: 5_000 },
      { type: 'late' },
    ]
    for (const event of events)
      expect(advanceSimCommand({ ...over, state: 'done', outcome: 'succeeded' }, event, 900_000)).toBeUndefined()
  })
})
