import type { LaneRef, Pace } from '../domain/push-lane.ts'
import type { RoamingPartner } from '../domain/roaming-partner.ts'
import type { Parts } from '../roaming/push-parts.ts'
import type { OutboxJob } from './outbox.ts'
import type { ObjectRef, PublishedObject } from './roaming.ts'

/** A lane that one process looks after, as it stands. */
export interface HeldLane extends LaneRef {
  readonly holder: string
  readonly partner: string
  readonly to: RoamingPartner
  /** Up to here all is told, or kept among what is told again. */
  readonly revision: number
  readonly pace: Pace
}

/** What a partner was told of an object. */
export interface Shadow {
  readonly parts: Parts
  readonly toldAt: number
  /** Whoever told it has died, and may have told something else since. */
  readonly isDoubtful: boolean
}

/** What is known of an object and a partner. */
export interface KnownOf {
  /** Absent: it was told nothing of it. */
  readonly shadow?: Shadow
  /** Attempts at it that have come to nothing. */
  readonly attempts: number
}

/** What became of an object on a lane. */
export interface Settled {
  readonly object: PublishedObject
  /** What the partner has been told of it by now, where that has changed; `gone`: that it is no more. */
  readonly shadow?: Omit<Shadow, 'isDoubtful'> | 'gone'
  /** Absent: it is done. Without `nextAt` it is refused for good, as long as it does not change. */
  readonly again?: { readonly attempts: number; readonly nextAt?: number; readonly reason: string }
}

export interface Round {
  readonly revision: number
  readonly settled: readonly Settled[]
  readonly pace: Pace
}

/**
 * Lanes: how far each partner has been told of each module of state, what it was told, and what is told again. As long as
 * there is something to tell, a row has it looked after: a job in the outbox, or a deadline `roaming.lane`.
 */
export interface PushLanes {
  /**
   * The job is taken over: its row leaves, and a deadline takes its place. Undefined: somebody else is at it, nobody is
   * told there, or it is paused. A partner that has registered anew is told all anew. Where the holder before has died,
   * what he may have been telling is doubtful.
   */
  enter(job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>, holder: string, at: number): Promise<HeldLane | undefined>
  /** What is told again and is due, the longest due first, each as it is now. */
  due(lane: HeldLane, at: number, limit: number): Promise<readonly PublishedObject[]>
  /** What is known of these and the partner, in their order. */
  known(lane: HeldLane, objects: readonly ObjectRef[]): Promise<readonly KnownOf[]>
  /** In one commit. Answers the lane as it then is; undefined where it is not this holder's any more, or nobody is told there. */
  settle(lane: HeldLane, round: Round, at: number): Promise<HeldLane | undefined>
  /**
   * Nobody here looks after it any more: it is looked at again when the next object is due, or its pause is over. False: there is
   * something to tell at once, and it stays held; a holder that `stops` is followed at once instead.
   */
  leave(lane: HeldLane, at: number, stops: boolean): Promise<boolean>
}
