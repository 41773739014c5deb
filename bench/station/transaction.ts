import type {
  ChargingStateEnumType,
  IdTokenInfoType,
  IdTokenType,
  MeterValueType,
  ReasonEnumType,
  TransactionEventEnumType,
  TransactionEventRequest,
  TransactionEventResponse,
  TriggerReasonEnumType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Booked } from '../booked.ts'
import { chargingStateOf } from './points.ts'
import type { Evse } from './evse.ts'
import type { Station } from './station.ts'

/** A transaction as the station itself knows it: the truth that the server's books are held against. */
export interface Transaction extends Booked {
  readonly evse: number
  readonly transactionId: string
  readonly startedAt: number
  readonly meterStart: number
  /** Of the next event. */
  seqNo: number
  token: IdTokenType | undefined
  tariffId: string | undefined
  saidTariff: string | undefined
  state: ChargingStateEnumType | undefined
  /** The first cause why it is to end, whenever that is. */
  reason: ReasonEnumType | undefined
  /** What is said once and has been said. */
  readonly said: Set<'evse' | 'token' | 'remoteStart' | 'reservation'>
  /** What goes out with its end (SampledDataCtrlr.TxEndedMeasurands). */
  readonly endData: MeterValueType[]
  /** Events that nobody has acknowledged. */
  unheard: number
  /** How long energy flowed. */
  chargingMs: number
  totalCost: number | undefined
}

export const newTransaction = (
  known: Pick<Transaction, 'evse' | 'transactionId' | 'startedAt' | 'meterStart'>,
): Transaction => ({
  ...known,
  seqNo: 0,
  token: undefined,
  tariffId: undefined,
  saidTariff: undefined,
  state: undefined,
  reason: undefined,
  said: new Set(),
  endData: [],
  unheard: 0,
  chargingMs: 0,
  totalCost: undefined,
  meterStop: undefined,
  stoppedAt: undefined,
  startAnswered: false,
  stopAnswered: false,
  isRefused: false,
})

export interface Happening {
  readonly type: TransactionEventEnumType
  /** The moment it is of, ms; absent = this one. */
  readonly at?: number
  readonly trigger: TriggerReasonEnumType
  readonly meterValue?: readonly MeterValueType[]
  /** Shown to end it: said once more. */
  readonly token?: IdTokenType | undefined
  readonly also?: Partial<TransactionEventRequest>
}

/** What is said with the first event for which it is known, and never again. */
const saidOnce = (evse: Evse, { said }: Transaction): Partial<TransactionEventRequest> => {
  const { token, reservationId } = evse.access ?? {}
  const isNew = (what: 'evse' | 'token' | 'reservation'): boolean => !said.has(what) && said.add(what).has(what)
  return {
    ...(evse.isPlugged && isNew('evse') && { evse: { id: evse.id, connectorId: 1 } }),
    ...(token !== undefined && isNew('token') && { idToken: token }),
    ...(reservationId !== undefined && isNew('reservation') && { reservationId }),
  }
}

const infoOf = (
  evse: Evse,
  transaction: Transaction,
  type: TransactionEventEnumType,
): TransactionEventRequest['transactionInfo'] => {
  const { transactionId, tariffId, said, reason, chargingMs } = transaction
  const remoteStartId = evse.access?.remoteStartId
  const state = chargingStateOf(evse)
  const isNewState = state !== transaction.state
  transaction.state = state
  const isRemote = remoteStartId !== undefined && !said.has('remoteStart')
  if (isRemote) said.add('remoteStart')
  const isTariffNew = tariffId !== undefined && transaction.saidTariff !== tariffId
  if (isTariffNew) transaction.saidTariff = tariffId
  return {
    transactionId,
    ...((isNewState || type === 'Started') && { chargingState: state }),
    ...(isRemote && { remoteStartId }),
    ...(isTariffNew && { tariffId }),
    ...(type === 'Ended' && {
      stoppedReason: reason ?? 'Local',
      timeSpentCharging: Math.round(chargingMs / 1_000),
    }),
  }
}

/** An event as it will be sent however often that takes: its content, its time and its number are of this moment. */
export const eventOf = (
  station: Station,
  evse: Evse,
  transaction: Transaction,
  { type, at = station.time.now(), trigger, meterValue = [], token, also }: Happening,
): TransactionEventRequest => ({
  eventType: type,
  timestamp: new Date(at).toISOString(),
  triggerReason: trigger,
  seqNo: transaction.seqNo++,
  ...(!station.isAtWork && { offline: true }),
  transactionInfo: infoOf(evse, transaction, type),
  ...saidOnce(evse, transaction),
  ...(token !== undefined && { idToken: token }),
  ...(meterValue.length > 0 && { meterValue: [...meterValue] }),
  ...also,
})

interface Heard {
  /** The server will not have the token charge. */
  refused(info: IdTokenInfoType): void
}

/** Puts an event into the queue; whatever becomes of the connection, it is delivered or given up in its turn. */
export const bill = (
  station: Station,
  transaction: Transaction,
  event: TransactionEventRequest,
  heard: Heard,
): void => {
  const { eventType, idToken } = event
  transaction.unheard++
  station.mailbox.bill({
    action: 'TransactionEvent',
    payload: () => event,
    answered: (answer) => {
      transaction.unheard--
      if (eventType === 'Started') transaction.startAnswered = true
      if (eventType === 'Ended') transaction.stopAnswered = true
      const { idTokenInfo, totalCost } = answer as TransactionEventResponse
      if (totalCost !== undefined) transaction.totalCost = totalCost
      if (idToken === undefined || idTokenInfo === undefined) return
      station.tokens.learn(idToken, idTokenInfo)
      if (idTokenInfo.status === 'Accepted' || eventType === 'Ended') return
      transaction.isRefused = true
      heard.refused(idTokenInfo)
    },
    lost: (code = 'no answer') => {
      transaction.unheard--
      const what = `${eventType} ${event.seqNo} of transaction ${transaction.transactionId}`
      station.books.complain(`${what} was given up: ${code}`)
    },
  })
}
