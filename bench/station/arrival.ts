import type { AuthorizeResponse, IdTokenInfoType, IdTokenType } from 'typed-ocpp/dist/ocpp21/types.js'
import { alter, leave } from './charging.ts'
import { type Access, type Evse, statusOf } from './evse.ts'
import type { Station } from './station.ts'
import { isSame, tokenKey } from './tokens.ts'

/** Asks the server about a token; offline, or without an answer, the station decides by itself. */
export const authorise = (station: Station, idToken: IdTokenType, then: (info: IdTokenInfoType) => void): void =>
  station.post({
    action: 'Authorize',
    payload: () => ({ idToken }),
    answered: (answer) => {
      const { idTokenInfo, tariff } = answer as unknown as AuthorizeResponse
      station.tokens.learn(idToken, idTokenInfo)
      if (tariff !== undefined) station.tariffs.forDriver(idToken, tariff)
      then(idTokenInfo)
    },
    lost: () => then((station.isAtWork ? undefined : station.tokens.decide(idToken)) ?? { status: 'Invalid' }),
  })

/** A car stands in the bay. */
export const park = (station: Station, evse: Evse): void => {
  if (!evse.isParked) alter(station, evse, { trigger: 'EVDetected', change: () => (evse.isParked = true) })
}

/** The cable is in: a car may also come to an EVSE that is reserved, out of service or broken. */
export const plugIn = (station: Station, evse: Evse): void => {
  if (evse.isPlugged) return
  evse.cancelWait?.()
  alter(station, evse, { trigger: 'CablePluggedIn', change: () => (evse.isPlugged = true) })
}

/** The car is gone from its cable: access ends with that, or waits for it to come back, as it is set up (E10). */
export const unplug = (station: Station, evse: Evse): void => {
  if (!evse.isPlugged) return
  const ends = station.model.isOn('TxCtrlr/StopTxOnEVSideDisconnect')
  alter(station, evse, {
    trigger: 'EVCommunicationLost',
    change: () => {
      evse.isPlugged = false
      evse.isSated = false
      if (ends) leave(evse)
    },
    reason: 'EVDisconnected',
  })
}

export const driveOff = (station: Station, evse: Evse): void => {
  if (!evse.isParked) return
  alter(station, evse, { trigger: 'EVDeparted', change: () => (evse.isParked = false), reason: 'Other' })
}

/** Whether an EVSE may be had by somebody just now, if it is not reserved for others. */
const isOpen = (station: Station, evse: Evse): boolean =>
  station.isUp && evse.access === undefined && !['Faulted', 'Unavailable'].includes(statusOf(station, evse))

/** By what right a token may have an EVSE, or undefined where it is reserved for others. */
export const accessFor = (
  station: Station,
  evse: Evse,
  {
    token,
    group,
    remoteStartId,
  }: { readonly token: IdTokenType; readonly group?: IdTokenType | undefined; readonly remoteStartId?: number },
): Access | undefined => {
  const claim = station.reservations.claim(evse.id, tokenKey(token), group && tokenKey(group))
  if (claim === 'others') return undefined
  return { token, remoteStartId, reservationId: claim === 'none' ? undefined : claim.id }
}

/** Somebody is let in; where no cable follows in time they are let out again (EVConnectionTimeOut, C01.FR.26). */
export const admit = (station: Station, evse: Evse, access: Access, trigger: 'Authorized' | 'RemoteStart'): void => {
  if (!isOpen(station, evse)) return
  alter(station, evse, {
    trigger,
    change: () => {
      evse.access = access
      evse.isRefused = false
    },
  })
  if (evse.isPlugged) return
  evse.cancelWait = station.after(station.model.number('TxCtrlr/EVConnectionTimeOut') * 1_000, () => {
    if (evse.access !== access || evse.isPlugged) return
    alter(station, evse, { trigger: 'EVConnectTimeout', change: () => leave(evse), reason: 'Timeout' })
  })
}

/** A token is shown at an EVSE: the one that began ends it, or one of its group, or the master's; at a free one it asks to begin. */
export const present = (station: Station, evse: Evse, token: IdTokenType): void => {
  if (evse.access !== undefined) return presentAgain(station, evse, token, evse.access)
  if (!isOpen(station, evse)) return
  const known = station.tokens.decide(token)
  const judged = (info: IdTokenInfoType): void => {
    if (info.status !== 'Accepted' || isMaster(station, info)) return
    const access = accessFor(station, evse, { token, group: info.groupIdToken })
    if (access !== undefined) admit(station, evse, access, 'Authorized')
  }
  if (known === undefined) authorise(station, token, judged)
  else judged(known)
}

/** The master may stop others, and begin nothing (C16). */
const isMaster = ({ model }: Station, { groupIdToken }: IdTokenInfoType): boolean => {
  const master = model.text('AuthCtrlr/MasterPassGroupId')
  return master !== '' && groupIdToken?.idToken === master
}

const presentAgain = (station: Station, evse: Evse, token: IdTokenType, access: Access): void => {
  if (isSame(token, access.token)) return dismiss(station, evse, token, 'Local')
  const group = station.tokens.find(access.token)?.groupIdToken
  const judged = (info: IdTokenInfoType | undefined): void => {
    if (evse.access !== access || info?.status !== 'Accepted') return
    if (isMaster(station, info)) dismiss(station, evse, token, 'MasterPass')
    else if (isSame(info.groupIdToken, group)) dismiss(station, evse, token, 'Local')
  }
  const known = station.tokens.find(token)
  if (known?.groupIdToken !== undefined || !station.isAtWork) return judged(known)
  authorise(station, token, judged)
}

const dismiss = (station: Station, evse: Evse, token: IdTokenType, reason: 'Local' | 'MasterPass'): void =>
  alter(station, evse, { trigger: 'StopAuthorized', change: () => leave(evse), reason, token })
