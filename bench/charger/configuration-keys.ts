import { profileLimits } from './profiles.ts'
import { measurands } from './samples.ts'
import { mostCertificates } from './certificates.ts'
import type { ChargerOptions } from './options.ts'

export interface Key {
  readonly value: string
  /** R = read-only; W = is never told. */
  readonly access: 'R' | 'RW' | 'W'
  readonly takes?: (value: string) => boolean
  /** Comes into force with the next boot only. */
  readonly needsReboot?: true
}

const readOnly = (value: string | number | boolean): Key => ({ value: String(value), access: 'R' })
const flag = (value: boolean): Key => ({
  value: String(value),
  access: 'RW',
  takes: (text) => /^(?:true|false)$/i.test(text),
})
const whole = (value: number, least = 0): Key => ({
  value: String(value),
  access: 'RW',
  takes: (text) => /^\d{1,9}$/.test(text) && Number(text) >= least,
})
const text = (value: string, takes: (value: string) => boolean): Key => ({ value, access: 'RW', takes })
const measured = (value: string): Key =>
  text(value, (list) => list === '' || list.split(',').every((name) => measurands.includes(name.trim())))

const hexOf16To20Bytes = /^(?:[0-9a-f]{2}){16,20}$/i

/** The keys of OCPP 1.6 §9 and of its security extension that this station has, with what they begin with. */
export const keysOf = (options: ChargerOptions): Readonly<Record<string, Key>> => ({
  AllowOfflineTxForUnknownId: flag(true),
  AuthorizationCacheEnabled: flag(true),
  AuthorizeRemoteTxRequests: flag(false),
  ClockAlignedDataInterval: whole(0),
  ConnectionTimeOut: whole(60, 1),
  ConnectorPhaseRotation: text('NotApplicable', (value) => value.length > 0),
  GetConfigurationMaxKeys: readOnly(100),
  HeartbeatInterval: whole(300, 1),
  LocalAuthorizeOffline: flag(true),
  LocalPreAuthorize: flag(false),
  MeterValuesAlignedData: measured('Energy.Active.Import.Register'),
  MeterValuesSampledData: measured('Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC'),
  MeterValueSampleInterval: whole(options.meterEveryS),
  NumberOfConnectors: readOnly(options.connectors),
  ResetRetries: whole(1),
  StopTransactionOnEVSideDisconnect: flag(true),
  StopTransactionOnInvalidId: flag(true),
  StopTxnAlignedData: measured(''),
  StopTxnSampledData: measured(''),
  SupportedFeatureProfiles: readOnly(
    'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
  ),
  TransactionMessageAttempts: whole(options.attempts ?? 3, 1),
  TransactionMessageRetryInterval: whole((options.retryMs ?? 60_000) / 1_000),
  UnlockConnectorOnEVSideDisconnect: flag(true),
  WebSocketPingInterval: { ...whole(0), needsReboot: true },

  LocalAuthListEnabled: flag(true),
  LocalAuthListMaxLength: readOnly(1_000),
  SendLocalListMaxLength: readOnly(100),
  ReserveConnectorZeroSupported: readOnly(true),
  ChargeProfileMaxStackLevel: readOnly(profileLimits.stackLevel),
  ChargingScheduleAllowedChargingRateUnit: readOnly(options.outlet.phases === 0 ? 'Power' : 'Current,Power'),
  ChargingScheduleMaxPeriods: readOnly(profileLimits.periods),
  ConnectorSwitch3to1PhaseSupported: readOnly(false),
  MaxChargingProfilesInstalled: readOnly(profileLimits.installed),
  SupportedFileTransferProtocols: readOnly('HTTP,HTTPS'),

  AdditionalRootCertificateCheck: readOnly(false),
  AuthorizationKey: { value: '', access: 'W', takes: (value) => hexOf16To20Bytes.test(value) },
  CertificateSignedMaxChainSize: readOnly(10_000),
  CertificateStoreMaxLength: readOnly(mostCertificates),
  CpoName: text('Stationmaster', (value) => value.length > 0),
  SecurityProfile: text(options.url.startsWith('wss:') ? '2' : '1', (value) => /^[1-3]$/.test(value)),
})
