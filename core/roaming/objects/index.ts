import type { Shape } from '../field.ts'
import { cdr } from './cdr.ts'
import {
  activeChargingProfile,
  activeChargingProfileResult,
  chargingProfileResponse,
  chargingProfileResult,
  clearProfileResult,
  setChargingProfile,
} from './charging-profiles.ts'
import {
  cancelReservation,
  commandResponse,
  commandResult,
  reserveNow,
  startSession,
  stopSession,
  unlockConnector,
} from './commands.ts'
import { connector } from './connector.ts'
import { clientInfo, credentials, version, versionDetails } from './credentials.ts'
import { evse } from './evse.ts'
import { invoiceReconciliation } from './invoice-reconciliation.ts'
import { location } from './location.ts'
import { chargingPreferences, session } from './session.ts'
import { tariff } from './tariff.ts'
import { authorizationInfo, locationReferences, token } from './token.ts'

/** Whatever can be the body of a request or the data of an answer. */
export const shapes = {
  activeChargingProfile,
  activeChargingProfileResult,
  authorizationInfo,
  cancelReservation,
  cdr,
  chargingPreferences,
  chargingProfileResponse,
  chargingProfileResult,
  clearProfileResult,
  clientInfo,
  commandResponse,
  commandResult,
  connector,
  credentials,
  evse,
  invoiceReconciliation,
  location,
  locationReferences,
  reserveNow,
  session,
  setChargingProfile,
  startSession,
  stopSession,
  tariff,
  token,
  unlockConnector,
  version,
  versionDetails,
} as const satisfies Readonly<Record<string, Shape>>

export type Kind = keyof typeof shapes
