import { expect, it } from 'vitest'
import type { Command } from '../../../core/domain/command.ts'
import { commandResultOf } from '../../../core/roaming/command-result.ts'

type Told = Pick<Command, 'order' | 'state' | 'outcome' | 'answer'>

const unlock: Told['order'] = { type: 'unlock', evse: 1 }
const reserve: Told['order'] = { type: 'reserve', evse: 1, token: 'A', expiresAt: 1 }
const done = (outcome: NonNullable<Command['outcome']>, order: Told['order'] = unlock, answer?: unknown): Told => ({
  order,
  state: 'done',
  outcome,
  ...(answer !== undefined && { answer }),
})

it.each<readonly [string, Told, string | undefined]>([
  ['waits for its station', { order: unlock, state: 'queued' }, undefined],
  ['is on its way', { order: unlock, state: 'sent' }, undefined],
  ['was accepted, whatever follows', { order: unlock, state: 'answered' }, 'ACCEPTED'],
  ['was taken back before it was sent', { order: unlock, state: 'cancelled' }, 'FAILED'],
  ['was done', done('succeeded'), 'ACCEPTED'],
  ['was refused', done('rejected'), 'REJECTED'],
  ['was accepted and did not work', done('failed'), 'FAILED'],
  ['was answered with an error', done('callError'), 'FAILED'],
  ['was answered with what is no answer', done('invalidAnswer'), 'FAILED'],
  ['was not answered', done('timeoutUnknown'), 'TIMEOUT'],
  ['did not get to its station', done('notDelivered'), 'TIMEOUT'],
  ['waited too long', done('expired'), 'TIMEOUT'],
  ['has no word in its version', done('unsupported'), 'NOT_SUPPORTED'],
  ['would keep a connector in use', done('rejected', reserve, { status: 'Occupied' }), 'EVSE_OCCUPIED'],
  ['would keep one that is broken', done('rejected', reserve, { status: 'Faulted' }), 'EVSE_INOPERATIVE'],
  ['would keep one out of service', done('rejected', reserve, { status: 'Unavailable' }), 'EVSE_INOPERATIVE'],
  ['would keep one, and is refused', done('rejected', reserve, { status: 'Rejected' }), 'REJECTED'],
  ['would keep one, and hears nonsense', done('rejected', reserve, { status: 'constructor' }), 'REJECTED'],
  ['would keep one, and hears no status', done('rejected', reserve, 'no'), 'REJECTED'],
  [
    'lets go of what is not kept',
    done('rejected', { type: 'cancelReservation', reservation: 1 }, { status: 'Rejected' }),
    'UNKNOWN_RESERVATION',
  ],
])('a command that %s (OCPI 2.3.0 mod_commands)', (_, command, expected) => {
  expect(commandResultOf(command)).toBe(expected)
})
