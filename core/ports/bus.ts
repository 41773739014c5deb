import type { WorkerAnswer, WorkerMessage } from '../cluster/message.ts'

/** Messages between workers: at most once, with an answer or a reason why there is none. */
export interface Bus {
  /** Asks a worker; rejects with `BusUnanswered` when it is gone or silent for `timeoutMs`. */
  ask(worker: string, message: WorkerMessage, timeoutMs: number): Promise<WorkerAnswer>
  /** Answers what other workers ask of `worker`. */
  serve(worker: string, answer: (message: WorkerMessage) => Promise<WorkerAnswer>): Promise<void>
  /** Tells everyone who listens, at most once: hints and live figures, never facts. */
  publish(topic: string, message: string): void
  subscribe(topic: string, hear: (message: string) => void): () => void
  /** Whether anyone here or elsewhere may be listening; false saves the work of making a message. */
  isHeard(topic: string): boolean
  close(): Promise<void>
}

export class BusUnanswered extends Error {
  override readonly name = 'BusUnanswered'
}
