import type { StopTransactionRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { Booked } from '../booked.ts'
import type { Charger } from './charger.ts'
import type { Card } from './local-list.ts'
import type { MeterValue } from './samples.ts'

export type StopReason = NonNullable<StopTransactionRequest['reason']>

/** One session as the station itself knows it: the truth that the server's books are held against. */
export interface LedgerSession extends Booked {
  readonly connector: number
  readonly idTag: string
  readonly reservationId?: number
  transactionId: number | undefined
  reason: StopReason | undefined
  /** What goes out with the stop (StopTxnSampledData, StopTxnAlignedData). */
  readonly stopData: MeterValue[]
}

export const newSession = (
  known: Pick<LedgerSession, 'connector' | 'idTag' | 'meterStart' | 'startedAt' | 'reservationId' | 'isStray'>,
): LedgerSession => ({
  ...known,
  transactionId: undefined,
  meterStop: undefined,
  stoppedAt: undefined,
  reason: undefined,
  stopData: [],
  startAnswered: false,
  stopAnswered: false,
  isRefused: false,
})

const stamp = (ms: number): string => new Date(ms).toISOString()
/** Of a session whose transaction id the station has never been told (errata 3.18). */
const unknown = -1

export const billStart = (charger: Charger, session: LedgerSession, refused: () => void): void => {
  const { connector, idTag, meterStart, startedAt, reservationId } = session
  if (session.isStray === true) return void (session.transactionId = unknown)
  charger.mailbox.bill({
    action: 'StartTransaction',
    payload: () => ({
      connectorId: connector,
      idTag,
      meterStart,
      timestamp: stamp(startedAt),
      ...(reservationId !== undefined && { reservationId }),
    }),
    answered: ({ transactionId, idTagInfo }) => {
      session.transactionId = typeof transactionId === 'number' ? transactionId : unknown
      session.startAnswered = true
      const card = idTagInfo as Card | undefined
      charger.cards.learn(idTag, card)
      if (card?.status === 'Accepted') return
      if (session.stoppedAt === undefined) refused()
      session.isRefused = true
    },
    lost: () => (session.transactionId = unknown),
  })
}

export const billMeter = (charger: Charger, session: LedgerSession, value: MeterValue): void =>
  charger.mailbox.bill({
    action: 'MeterValues',
    payload: () => ({
      connectorId: session.connector,
      transactionId: session.transactionId ?? unknown,
      meterValue: [value],
    }),
    answered: () => {},
  })

/** Of a connector where nobody charges. */
export const billReading = (charger: Charger, connectorId: number, value: MeterValue): void =>
  charger.mailbox.bill({
    action: 'MeterValues',
    payload: () => ({ connectorId, meterValue: [value] }),
    answered: () => {},
  })

export const billStop = (charger: Charger, session: LedgerSession): void => {
  const { idTag, meterStop, stoppedAt = charger.time.now(), reason, stopData } = session
  charger.mailbox.bill({
    action: 'StopTransaction',
    isReady: () => session.transactionId !== undefined,
    payload: () => ({
      transactionId: session.transactionId,
      idTag,
      meterStop,
      timestamp: stamp(stoppedAt),
      reason,
      ...(stopData.length > 0 && { transactionData: stopData }),
    }),
    answered: ({ idTagInfo }) => {
      session.stopAnswered = true
      charger.cards.learn(idTag, idTagInfo as Card | undefined)
    },
  })
}
