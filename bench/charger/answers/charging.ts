import type {
  RemoteStartTransactionRequest,
  RemoteStartTransactionResponse,
  RemoteStopTransactionRequest,
  RemoteStopTransactionResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import { authorise } from '../arrival.ts'
import type { Charger } from '../charger.ts'
import { begin, end, underNewLimits } from '../charging.ts'
import { type Plug, report, rest, stateOf } from '../plug.ts'
import { faultOfProfile, type Profile } from '../profiles.ts'
import type { Reservation } from '../reservations.ts'
import { type Reply, status } from './reply.ts'

interface Start {
  readonly plug: Plug
  readonly idTag: string
  readonly reservation: Reservation | undefined
  readonly profile: Profile | undefined
}

const defaultCableMs = 200
const handsMs = 100

/** The plug that is meant, or any that can be had with this card; and what it is reserved under. */
const found = (charger: Charger, { idTag, connectorId }: RemoteStartTransactionRequest): Start | undefined => {
  const group = charger.cards.find(idTag)?.parentIdTag
  for (const plug of charger.plugs) {
    if ((connectorId !== undefined && plug.number !== connectorId) || stateOf(charger, plug) !== 'free') continue
    const claim = charger.reservations.claim(plug.number, idTag, group)
    if (claim !== 'others')
      return { plug, idTag, reservation: claim === 'none' ? undefined : claim, profile: undefined }
  }
  return undefined
}

/** A cable is plugged in, or nobody comes and the connector is free again (ConnectionTimeOut). */
const awaitCable = (charger: Charger, start: Start): void => {
  const { plug, profile } = start
  const { options, configuration } = charger
  const giveUp = charger.after(configuration.number('ConnectionTimeOut') * 1_000, () => {
    if (plug.session === undefined && plug.status === 'Preparing') rest(charger, plug)
  })
  const cableMs = options.cableMs ?? defaultCableMs
  if (!Number.isFinite(cableMs)) return
  charger.after(cableMs, () => {
    giveUp()
    if (plug.status !== 'Preparing') return
    if (begin(charger, plug, start) === undefined || profile === undefined) return
    underNewLimits(charger, () => charger.profiles.install(plug.number, profile))
  })
}

export const charging = {
  /** Accepted means that it will be tried (errata 3.32). */
  RemoteStartTransaction(
    charger: Charger,
    request: RemoteStartTransactionRequest,
  ): Reply<RemoteStartTransactionResponse> {
    const { chargingProfile: profile } = request
    const start = charger.isAtWork && charger.isUp ? found(charger, request) : undefined
    if (start === undefined) return status('Rejected')
    const { plug, idTag } = start
    const isOdd =
      profile !== undefined &&
      (profile.chargingProfilePurpose !== 'TxProfile' || faultOfProfile(plug.number, profile) !== undefined)
    if (isOdd) return status('Rejected')
    return status('Accepted', () => {
      // somebody may have come while the answer was on its way
      if (stateOf(charger, plug) !== 'free') return
      report(charger, plug, 'Preparing')
      if (!charger.configuration.isOn('AuthorizeRemoteTxRequests')) return awaitCable(charger, { ...start, profile })
      authorise(charger, idTag, (card) => {
        if (card.status === 'Accepted') awaitCable(charger, { ...start, profile })
        else rest(charger, plug)
      })
    })
  },

  RemoteStopTransaction(
    charger: Charger,
    { transactionId }: RemoteStopTransactionRequest,
  ): Reply<RemoteStopTransactionResponse> {
    const plug = charger.plugs.find(({ session }) => session?.transactionId === transactionId)
    if (plug === undefined) return status('Rejected')
    return status('Accepted', () => charger.after(handsMs, () => end(charger, plug, 'Remote')))
  },
}
