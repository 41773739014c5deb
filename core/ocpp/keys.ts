import { type NamedVariable, parsePlace, type VariableName, variableOf } from '../domain/variable.ts'

/**
 * Configuration keys of OCPP 1.6, and the variables of 2.x that mean the same: so that one order does for stations of all
 * versions (2.0.1 part 2 appendices, handbook §3.8). What is not here is named as its version names it.
 */
const variables: Readonly<Record<string, string>> = {
  AdditionalRootCertificateCheck: 'SecurityCtrlr.AdditionalRootCertificateCheck',
  AllowOfflineTxForUnknownId: 'AuthCtrlr.OfflineTxForUnknownIdEnabled',
  AuthorizationCacheEnabled: 'AuthCacheCtrlr.Enabled',
  AuthorizationKey: 'SecurityCtrlr.BasicAuthPassword',
  AuthorizeRemoteTxRequests: 'AuthCtrlr.AuthorizeRemoteStart',
  ChargeProfileMaxStackLevel: 'SmartChargingCtrlr.ProfileStackLevel',
  ChargingScheduleAllowedChargingRateUnit: 'SmartChargingCtrlr.RateUnit',
  ChargingScheduleMaxPeriods: 'SmartChargingCtrlr.PeriodsPerSchedule',
  ClockAlignedDataInterval: 'AlignedDataCtrlr.Interval',
  ConnectionTimeOut: 'TxCtrlr.EVConnectionTimeOut',
  CpoName: 'SecurityCtrlr.OrganizationName',
  HeartbeatInterval: 'OCPPCommCtrlr.HeartbeatInterval',
  LocalAuthListEnabled: 'LocalAuthListCtrlr.Enabled',
  LocalAuthorizeOffline: 'AuthCtrlr.LocalAuthorizeOffline',
  LocalPreAuthorize: 'AuthCtrlr.LocalPreAuthorize',
  MaxChargingProfilesInstalled: 'SmartChargingCtrlr.Entries[ChargingProfiles]',
  MaxEnergyOnInvalidId: 'TxCtrlr.MaxEnergyOnInvalidId',
  MeterValueSampleInterval: 'SampledDataCtrlr.TxUpdatedInterval',
  MeterValuesAlignedData: 'AlignedDataCtrlr.Measurands',
  MeterValuesSampledData: 'SampledDataCtrlr.TxUpdatedMeasurands',
  ReserveConnectorZeroSupported: 'ReservationCtrlr.NonEvseSpecific',
  ResetRetries: 'OCPPCommCtrlr.ResetRetries',
  SecurityProfile: 'SecurityCtrlr.SecurityProfile',
  SendLocalListMaxLength: 'LocalAuthListCtrlr.ItemsPerMessage',
  StopTransactionOnEVSideDisconnect: 'TxCtrlr.StopTxOnEVSideDisconnect',
  StopTransactionOnInvalidId: 'TxCtrlr.StopTxOnInvalidId',
  StopTxnAlignedData: 'AlignedDataCtrlr.TxEndedMeasurands',
  StopTxnSampledData: 'SampledDataCtrlr.TxEndedMeasurands',
  SupportedFileTransferProtocols: 'OCPPCommCtrlr.FileTransferProtocols',
  TransactionMessageAttempts: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
  TransactionMessageRetryInterval: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
  UnlockConnectorOnEVSideDisconnect: 'OCPPCommCtrlr.UnlockOnEVSideDisconnect',
  WebSocketPingInterval: 'OCPPCommCtrlr.WebSocketPingInterval',
}
const byKey = new Map(Object.entries(variables).map(([key, variable]) => [key.toLowerCase(), parsePlace(variable)]))

/** The variable that is named, by its own name or by the key that 1.6 has for it. */
export const variableNamed = (named: NamedVariable): VariableName | undefined => {
  const known = named.key === undefined ? undefined : byKey.get(named.key.trim().toLowerCase())
  return variableOf(known ?? named)
}
