import type { CounterName, DurationName } from '../../core/ports/telemetry.ts'

/** How attempts of one kind are counted, and what the log says of them. */
export interface DeliveryWords {
  readonly attempts: CounterName
  readonly duration: DurationName
  readonly arrived: string
  readonly later: string
  readonly stuck: string
  readonly unopened: string
}

export const toBooks: DeliveryWords = {
  attempts: 'erp.attempts',
  duration: 'erp.attempt.duration',
  arrived: 'a document is in the books',
  later: 'a document goes to the books later',
  stuck: 'a document is not in the books: somebody must look',
  unopened: 'a target of the books cannot be opened',
}

export const statementsToBooks: DeliveryWords = {
  attempts: 'statement.attempts',
  duration: 'statement.attempt.duration',
  arrived: 'a statement is in the books',
  later: 'a statement goes to the books later',
  stuck: 'a statement is not in the books: somebody must look',
  unopened: 'a target of the books cannot be opened for statements',
}

export const toPartners: DeliveryWords = {
  attempts: 'roaming.cdr.attempts',
  duration: 'roaming.cdr.attempt.duration',
  arrived: 'a roaming partner has a CDR',
  later: 'a roaming partner gets a CDR later',
  stuck: 'a roaming partner has not got a CDR: somebody must look',
  unopened: 'a roaming partner cannot be called',
}
