import type { Answers, Ask, AskOf, Told } from '../../core/domain/dialogue.ts'
import type { Receipt } from '../../core/domain/changes.ts'
import type { Fact } from '../../core/domain/fact.ts'
import type { Asked, Link } from '../link.ts'
import type { Worker } from '../worker.ts'

/** What those who answer an ask have at hand. */
export interface Desk {
  readonly worker: Worker
  /** Answers the CALL; where it was a SEND nothing is said. */
  answer<Type extends keyof Answers>(link: Link, asked: Asked, type: Type, answer: Answers[Type]): void
  /** Commits a fact, then goes on; a fact that cannot be stored is put aside, and its sender told so. */
  record(link: Link, asked: Asked, fact: Fact, then: (receipt: Receipt) => void): void
  /** Takes note of what was told: commits it, then goes on. */
  note(link: Link, asked: Asked, told: Told, then: (receipt: Receipt) => void): void
  /** It has been heard and answered: an order may have asked for it. */
  observed(link: Link, asked: Asked): void
  /** Asks until it is told: our own outage is never the station's error (D-11). */
  untilTold<Answer>(ask: () => Promise<Answer>): Promise<Answer>
  /** What a fact of this message begins with. */
  base(link: Link, asked: Asked): Pick<Fact, 'tenant' | 'identity' | 'wire' | 'receivedAt' | 'protocol' | 'traceparent'>
}

/** Answers one kind of ask. Whatever it throws becomes an InternalError to the station. */
export type Asker<Type extends Ask['type']> = (
  desk: Desk,
  link: Link,
  asked: Asked,
  ask: AskOf<Type>,
) => Promise<void> | void
