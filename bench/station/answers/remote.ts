import type {
  GetTransactionStatusRequest,
  GetTransactionStatusResponse,
  RequestStartTransactionRequest,
  RequestStartTransactionResponse,
  RequestStopTransactionRequest,
  RequestStopTransactionResponse,
  UnlockConnectorRequest,
  UnlockConnectorResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { accessFor, admit, authorise, park, plugIn } from '../arrival.ts'
import { alter, leave, underNewLimits } from '../charging.ts'
import { type Evse, evseOf, stateOf } from '../evse.ts'
import { faultOf } from '../profiles.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const defaultCableMs = 200
const handsMs = 100

/** Free, or with a car at it that nobody has let in yet. */
const isOpen = (station: Station, evse: Evse): boolean =>
  stateOf(station, evse) === 'free' ||
  (evse.isPlugged && evse.access === undefined && evse.fault === undefined && evse.available && !station.isClosed)

const found = (
  station: Station,
  { idToken: token, groupIdToken, remoteStartId, evseId }: RequestStartTransactionRequest,
): Evse | undefined => {
  const group = groupIdToken ?? station.tokens.find(token)?.groupIdToken
  // where no EVSE is named one with a car is meant before one without
  return station.evses
    .filter((evse) => (evseId === undefined || evse.id === evseId) && isOpen(station, evse))
    .toSorted((a, b) => Number(b.isPlugged) - Number(a.isPlugged))
    .find((evse) => accessFor(station, evse, { token, group, remoteStartId }) !== undefined)
}

/** Somebody comes with a cable, or nobody does and the access runs out (EVConnectionTimeOut). */
const awaitCable = (station: Station, evse: Evse): void => {
  const cableMs = station.options.cableMs ?? defaultCableMs
  if (evse.isPlugged || !Number.isFinite(cableMs)) return
  station.after(cableMs, () => {
    if (evse.access === undefined) return
    park(station, evse)
    plugIn(station, evse)
  })
}

const startAt = (station: Station, evse: Evse, request: RequestStartTransactionRequest): void => {
  const { idToken: token, groupIdToken, remoteStartId, chargingProfile } = request
  const group = groupIdToken ?? station.tokens.find(token)?.groupIdToken
  // somebody may have come while the answer was on its way
  const access = isOpen(station, evse) ? accessFor(station, evse, { token, group, remoteStartId }) : undefined
  if (access === undefined) return
  if (chargingProfile !== undefined) underNewLimits(station, () => station.profiles.install(evse.id, chargingProfile))
  evse.paysUntil = 0
  admit(station, evse, access, 'RemoteStart')
  awaitCable(station, evse)
}

/** Blocks E and F: what is done at a station without anybody standing there. */
export const remote = {
  /** Where a transaction is under way already, because of a car, its id goes with the answer (F02.FR.01). */
  RequestStartTransaction(
    station: Station,
    request: RequestStartTransactionRequest,
  ): Reply<RequestStartTransactionResponse> {
    const { chargingProfile: profile, idToken } = request
    const evse = station.isAtWork && station.isUp ? found(station, request) : undefined
    const isOdd =
      evse !== undefined &&
      profile !== undefined &&
      (profile.chargingProfilePurpose !== 'TxProfile' || faultOf({ evse: evse.id, profile }) !== undefined)
    if (evse === undefined || isOdd) return status('Rejected')
    const transactionId = evse.transaction?.transactionId
    const asks =
      station.model.isOn('AuthCtrlr/AuthorizeRemoteStart') && !['Central', 'NoAuthorization'].includes(idToken.type)
    const then = (): void => {
      if (!asks) return startAt(station, evse, request)
      authorise(station, idToken, (info) => info.status === 'Accepted' && startAt(station, evse, request))
    }
    return { answer: { status: 'Accepted', ...(transactionId !== undefined && { transactionId }) }, then }
  },

  RequestStopTransaction(
    station: Station,
    { transactionId }: RequestStopTransactionRequest,
  ): Reply<RequestStopTransactionResponse> {
    const evse = station.evses.find(({ transaction }) => transaction?.transactionId === transactionId)
    if (evse === undefined) return status('Rejected')
    return status('Accepted', () =>
      station.after(handsMs, () => {
        if (evse.transaction?.transactionId !== transactionId) return
        alter(station, evse, { trigger: 'RemoteStop', change: () => leave(evse), reason: 'Remote' })
      }),
    )
  },

  GetTransactionStatus(
    { transactions, mailbox, evses }: Station,
    { transactionId }: GetTransactionStatusRequest,
  ): Reply<GetTransactionStatusResponse> {
    if (transactionId === undefined) return { answer: { messagesInQueue: mailbox.waiting > 0 } }
    const transaction = transactions.find((one) => one.transactionId === transactionId)
    const ongoingIndicator = evses.some((evse) => evse.transaction?.transactionId === transactionId)
    return { answer: { ongoingIndicator, messagesInQueue: (transaction?.unheard ?? 0) > 0 } }
  },

  /** A transaction is not ended by it, as it was in 1.6: it stands in the way (F05.FR.02). */
  UnlockConnector(station: Station, { evseId, connectorId }: UnlockConnectorRequest): Reply<UnlockConnectorResponse> {
    const evse = evseOf(station, evseId)
    if (evse === undefined || connectorId !== 1) return status('UnknownConnector')
    if (evse.transaction !== undefined && evse.access !== undefined) return status('OngoingAuthorizedTransaction')
    return status(evse.lock === 'jammed' ? 'UnlockFailed' : 'Unlocked')
  },
}
