import type { Command, CommandOutcome } from '../domain/command.ts'
import type { CommandResultType } from './model.ts'

const words: Readonly<Record<CommandOutcome, CommandResultType>> = {
  succeeded: 'ACCEPTED',
  rejected: 'REJECTED',
  failed: 'FAILED',
  callError: 'FAILED',
  invalidAnswer: 'FAILED',
  timeoutUnknown: 'TIMEOUT',
  notDelivered: 'TIMEOUT',
  unsupported: 'NOT_SUPPORTED',
  expired: 'TIMEOUT',
}

/** Why a station keeps no connector (ReservationStatus of OCPP 1.6, ReserveNowStatus of 2.x). */
const unkept: Readonly<Record<string, CommandResultType>> = {
  Occupied: 'EVSE_OCCUPIED',
  Faulted: 'EVSE_INOPERATIVE',
  Unavailable: 'EVSE_INOPERATIVE',
}

/**
 * What an EMP is told once of its command (OCPI 2.3.0 mod_commands, CommandResultType): what the charging station answered,
 * not whether a session began after it. Undefined while there is no answer.
 */
export const commandResultOf = (
  command: Pick<Command, 'order' | 'state' | 'outcome' | 'answer'>,
): CommandResultType | undefined => {
  const { order, state, outcome, answer } = command
  if (state === 'answered') return 'ACCEPTED'
  if (state === 'cancelled') return 'FAILED'
  if (state !== 'done' || outcome === undefined) return undefined
  if (outcome !== 'rejected') return words[outcome]
  if (order.type === 'cancelReservation') return 'UNKNOWN_RESERVATION'
  const status = order.type === 'reserve' ? statusIn(answer) : undefined
  return status !== undefined && Object.hasOwn(unkept, status) ? (unkept[status] ?? 'REJECTED') : 'REJECTED'
}

const statusIn = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null && 'status' in answer && typeof answer.status === 'string'
    ? answer.status
    : undefined
