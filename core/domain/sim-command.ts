/** Something that an operator wants of the provider of a SIM. Sent at most once: nobody repeats it where its fate is unclear. */
export interface SimCommand {
  readonly tenant: string
  readonly id: string
  readonly iccid: string
  readonly type: SimCommandType
  /** The charge point that is to connect, where there is one. */
  readonly station?: string
  readonly state: SimCommandState
  readonly outcome?: SimCommandOutcome
  readonly reason?: string
  readonly createdAt: number
  readonly changedAt: number
  /** `queued`: it is not sent any more after this. `waiting`: until when the charge point must have connected. */
  readonly deadline: number
  /** When it left us: what connects after that counts. */
  readonly sentAt?: number
  /** It has left us, and the provider has not said that it has taken it. */
  readonly isDoubtful: boolean
}

export const simCommandTypes = ['reset', 'wakeUp', 'activate', 'suspend', 'look'] as const
/** `look`: the provider is asked anew what it knows. */
export type SimCommandType = (typeof simCommandTypes)[number]

export const simCommandStates = ['queued', 'sent', 'waiting', 'done'] as const
/** `waiting`: the provider has it, and the charge point is to connect. */
export type SimCommandState = (typeof simCommandStates)[number]

export const simCommandOutcomes = ['succeeded', 'rejected', 'failed', 'unclear', 'notSent'] as const
/**
 * `rejected`: the provider does not do it. `failed`: it was done, and the charge point did not come. `unclear`: nobody
 * knows whether it was done. `notSent`: the provider could not be reached in time.
 */
export type SimCommandOutcome = (typeof simCommandOutcomes)[number]

export type SimCommandEvent =
  | { readonly type: 'sent' }
  | { readonly type: 'accepted'; readonly detail?: string }
  | { readonly type: 'refused'; readonly reason: string }
  /** Nothing has left us: it is sent later, if there is time. */
  | { readonly type: 'unavailable'; readonly reason: string }
  | { readonly type: 'unclear'; readonly reason: string }
  /** Its charge point has connected at this time. */
  | { readonly type: 'connected'; readonly at: number }
  | { readonly type: 'late' }

const second = 1_000
/** For how long it is tried to send it. */
export const sendingMs = 120 * second
/** Whoever was sending it is gone by so long after that, and whoever was to follow as well. */
export const sentMs = 600 * second

/** How long a charge point has to connect after it was sent. */
const waitsMs: Readonly<Record<SimCommandType, number>> = {
  reset: 600 * second,
  wakeUp: 300 * second,
  activate: 0,
  suspend: 0,
  look: 0,
}

/** Whether it is over only when the charge point has connected. */
const isWaitedFor = ({ type, station }: SimCommand): boolean => station !== undefined && waitsMs[type] > 0

/** What an event makes of it; undefined where it makes no sense as it stands. */
export const advanceSimCommand = (command: SimCommand, event: SimCommandEvent, at: number): SimCommand | undefined => {
  const { state } = command
  const done = (outcome: SimCommandOutcome, reason?: string): SimCommand => ({
    ...command,
    state: 'done',
    outcome,
    ...(reason !== undefined && { reason }),
    changedAt: at,
  })
  switch (event.type) {
    case 'sent':
      return state === 'queued' ? { ...command, state: 'sent', sentAt: at, changedAt: at } : undefined
    case 'accepted':
      if (state !== 'sent') return undefined
      return isWaitedFor(command) ? waiting(command, at, event.detail) : done('succeeded', event.detail)
    case 'refused':
      return state === 'sent' ? done('rejected', event.reason) : undefined
    case 'unavailable':
      if (state !== 'sent') return undefined
      return at >= command.deadline
        ? done('notSent', event.reason)
        : { ...withoutSent(command), state: 'queued', reason: event.reason, changedAt: at }
    case 'unclear':
      if (state !== 'sent') return undefined
      // it may have worked: then the charge point will show it
      return isWaitedFor(command)
        ? { ...waiting(command, at, event.reason), isDoubtful: true }
        : { ...done('unclear', event.reason), isDoubtful: true }
    case 'connected':
      if (state !== 'waiting' || event.at <= (command.sentAt ?? 0)) return undefined
      return done('succeeded', 'the charge point has connected')
    case 'late':
      if (at < command.deadline) return undefined
      if (state === 'queued') return done('notSent', command.reason ?? 'its provider could not be asked in time')
      if (state === 'sent')
        return at < command.deadline + sentMs ? undefined : done('unclear', 'nobody has said what became of it')
      if (state !== 'waiting') return undefined
      return command.isDoubtful ? done('unclear', command.reason) : done('failed', 'the charge point has not connected')
  }
}

const waiting = (command: SimCommand, at: number, reason: string | undefined): SimCommand => ({
  ...command,
  state: 'waiting',
  deadline: at + waitsMs[command.type],
  ...(reason !== undefined && { reason }),
  changedAt: at,
})

/** As if it had never been sent. */
const withoutSent = (command: SimCommand): SimCommand => {
  const { sentAt: _sentAt, ...unsent } = command
  return unsent
}
