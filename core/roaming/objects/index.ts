import type { Shape } from '../field.ts'
import type {
  ActiveChargingProfile,
  ActiveChargingProfileResult,
  AuthorizationInfo,
  CancelReservation,
  Cdr,
  ChargingPreferences,
  ChargingProfileResponse,
  ChargingProfileResult,
  ClearProfileResult,
  ClientInfo,
  CommandResponse,
  CommandResult,
  Connector,
  Credentials,
  Evse,
  InvoiceReconciliationRecord,
  Location,
  LocationReferences,
  ReserveNow,
  Session,
  SetChargingProfile,
  StartSession,
  StopSession,
  Tariff,
  Token,
  UnlockConnector,
  Version,
  VersionDetails,
} from '../model.ts'
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

/** Whatever can be the body of a request or the data of an answer, as our model has it. */
export interface Objects {
  activeChargingProfile: ActiveChargingProfile
  activeChargingProfileResult: ActiveChargingProfileResult
  authorizationInfo: AuthorizationInfo
  cancelReservation: CancelReservation
  cdr: Cdr
  chargingPreferences: ChargingPreferences
  chargingProfileResponse: ChargingProfileResponse
  chargingProfileResult: ChargingProfileResult
  clearProfileResult: ClearProfileResult
  clientInfo: ClientInfo
  commandResponse: CommandResponse
  commandResult: CommandResult
  connector: Connector
  credentials: Credentials
  evse: Evse
  invoiceReconciliation: InvoiceReconciliationRecord
  location: Location
  locationReferences: LocationReferences
  reserveNow: ReserveNow
  session: Session
  setChargingProfile: SetChargingProfile
  startSession: StartSession
  stopSession: StopSession
  tariff: Tariff
  token: Token
  unlockConnector: UnlockConnector
  version: Version
  versionDetails: VersionDetails
}

export type Kind = keyof Objects

/** The table of each. */
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
} as const satisfies Readonly<Record<Kind, Shape>>
