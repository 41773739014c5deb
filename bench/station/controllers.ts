import { profileLimits } from '../charger/profiles.ts'
import { measurands } from './samples.ts'
import type { Station } from './station.ts'
import {
  atBoot,
  dateTime,
  type Definition,
  fixed,
  flag,
  made,
  members,
  option,
  secret,
  sequence,
  text,
  whole,
} from './variable.ts'

export const startPoints = [
  'ParkingBayOccupancy',
  'EVConnected',
  'Authorized',
  'PowerPathClosed',
  'EnergyTransfer',
  'DataSigned',
] as const
/** A signed reading is no end of anything (errata 2.24). */
export const stopPoints = startPoints.filter((point) => point !== 'DataSigned')

const sampled = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC'
const register = 'Energy.Active.Import.Register'
const seconds = { unit: 's' }
const measured = (value: string): Definition => members(value, measurands)
const always = fixed(flag(true))

const communication = ({ options, network }: Station): Readonly<Record<string, Definition>> => ({
  'OCPPCommCtrlr/ActiveNetworkProfile': fixed(made('integer', () => String(network.active))),
  'OCPPCommCtrlr/FileTransferProtocols': fixed(members('HTTP,HTTPS', ['HTTP', 'HTTPS'])),
  'OCPPCommCtrlr/HeartbeatInterval': whole(300, { ...seconds, minLimit: 1 }),
  'OCPPCommCtrlr/MessageAttemptInterval[TransactionEvent]': whole((options.retryMs ?? 60_000) / 1_000, seconds),
  'OCPPCommCtrlr/MessageAttempts[TransactionEvent]': whole(options.attempts ?? 3, { minLimit: 1 }),
  'OCPPCommCtrlr/MessageTimeout[Default]': fixed(whole((options.timeoutMs ?? 30_000) / 1_000, seconds)),
  'OCPPCommCtrlr/NetworkConfigurationPriority': atBoot(sequence('0', ['0', '1', '2', '3'])),
  'OCPPCommCtrlr/NetworkProfileConnectionAttempts': whole(3, { minLimit: 1 }),
  'OCPPCommCtrlr/OfflineThreshold': whole(60, seconds),
  'OCPPCommCtrlr/QueueAllMessages': fixed(flag(false)),
  'OCPPCommCtrlr/ResetRetries': whole(1),
  'OCPPCommCtrlr/RetryBackOffRandomRange': whole(1, seconds),
  'OCPPCommCtrlr/RetryBackOffRepeatTimes': whole(6),
  'OCPPCommCtrlr/RetryBackOffWaitMinimum': whole(1, seconds),
  'OCPPCommCtrlr/UnlockOnEVSideDisconnect': flag(true),
  'OCPPCommCtrlr/WebSocketPingInterval': atBoot(whole(0, seconds)),
})

const security = ({ options, certificates, credentials }: Station): Readonly<Record<string, Definition>> => ({
  'SecurityCtrlr/AdditionalRootCertificateCheck': fixed(flag(false)),
  'SecurityCtrlr/BasicAuthPassword': secret({
    ...text(''),
    characteristics: { dataType: 'string', minLimit: 16, maxLimit: 64, supportsMonitoring: false },
  }),
  'SecurityCtrlr/CertificateEntries': fixed(made('integer', () => String(certificates.size), { maxLimit: 10 })),
  'SecurityCtrlr/Identity': fixed(text(options.identity, 48)),
  'SecurityCtrlr/MaxCertificateChainSize': fixed(whole(10_000)),
  'SecurityCtrlr/OrganizationName': text('Stationmaster'),
  'SecurityCtrlr/SecurityProfile': fixed(made('integer', () => String(credentials.profile))),
})

const metering = ({ options }: Station): Readonly<Record<string, Definition>> => ({
  'AlignedDataCtrlr/Available': always,
  'AlignedDataCtrlr/Enabled': flag(true),
  'AlignedDataCtrlr/Interval': whole(0, seconds),
  'AlignedDataCtrlr/Measurands': measured(register),
  'AlignedDataCtrlr/SendDuringIdle': flag(false),
  'AlignedDataCtrlr/TxEndedInterval': whole(0, seconds),
  'AlignedDataCtrlr/TxEndedMeasurands': measured(''),
  'SampledDataCtrlr/Available': always,
  'SampledDataCtrlr/Enabled': flag(true),
  'SampledDataCtrlr/TxEndedInterval': whole(0, seconds),
  'SampledDataCtrlr/TxEndedMeasurands': measured(register),
  'SampledDataCtrlr/TxStartedMeasurands': measured(register),
  'SampledDataCtrlr/TxUpdatedInterval': whole(options.meterEveryS, seconds),
  'SampledDataCtrlr/TxUpdatedMeasurands': measured(sampled),
})

const transactions = ({ options }: Station): Readonly<Record<string, Definition>> => ({
  'TxCtrlr/EVConnectionTimeOut': whole(60, { ...seconds, minLimit: 1 }),
  'TxCtrlr/MaxEnergyOnInvalidId': whole(0, { unit: 'Wh' }),
  'TxCtrlr/StopTxOnEVSideDisconnect': flag(true),
  'TxCtrlr/StopTxOnInvalidId': flag(true),
  'TxCtrlr/TxBeforeAcceptedEnabled': fixed(flag(true)),
  'TxCtrlr/TxStartPoint': members(options.startPoint ?? 'PowerPathClosed', startPoints),
  'TxCtrlr/TxStopPoint': members(options.stopPoint ?? 'EVConnected,Authorized', stopPoints),
})

const authorisation = ({ tokens }: Station): Readonly<Record<string, Definition>> => ({
  'AuthCacheCtrlr/Available': always,
  'AuthCacheCtrlr/Enabled': flag(true),
  'AuthCacheCtrlr/LifeTime': whole(86_400, seconds),
  'AuthCtrlr/AuthorizeRemoteStart': flag(false),
  'AuthCtrlr/Enabled': fixed(flag(true)),
  'AuthCtrlr/LocalAuthorizeOffline': flag(true),
  'AuthCtrlr/LocalPreAuthorize': flag(false),
  'AuthCtrlr/MasterPassGroupId': text('', 36),
  'AuthCtrlr/OfflineTxForUnknownIdEnabled': flag(true),
  'LocalAuthListCtrlr/Available': always,
  'LocalAuthListCtrlr/BytesPerMessage': fixed(whole(100_000)),
  'LocalAuthListCtrlr/Enabled': flag(true),
  'LocalAuthListCtrlr/Entries': fixed(made('integer', () => String(tokens.list.size), { maxLimit: 1_000 })),
  'LocalAuthListCtrlr/ItemsPerMessage': fixed(whole(100)),
})

const reports: Readonly<Record<string, Definition>> = Object.fromEntries([
  ...['GetReport', 'GetVariables', 'SetVariables'].flatMap((message) => [
    [`DeviceDataCtrlr/BytesPerMessage[${message}]`, fixed(whole(100_000))] as const,
    [`DeviceDataCtrlr/ItemsPerMessage[${message}]`, fixed(whole(20))] as const,
  ]),
  ...['ClearVariableMonitoring', 'SetVariableMonitoring'].flatMap((message) => [
    [`MonitoringCtrlr/BytesPerMessage[${message}]`, fixed(whole(100_000))] as const,
    [`MonitoringCtrlr/ItemsPerMessage[${message}]`, fixed(whole(20))] as const,
  ]),
])

const watching = ({ monitors, displays }: Station): Readonly<Record<string, Definition>> => ({
  'MonitoringCtrlr/ActiveMonitoringBase': fixed(
    option(() => monitors.base, ['All', 'FactoryDefault', 'HardWiredOnly']),
  ),
  'MonitoringCtrlr/ActiveMonitoringLevel': fixed(made('integer', () => String(monitors.level))),
  'MonitoringCtrlr/Available': always,
  'MonitoringCtrlr/Enabled': flag(true),
  'MonitoringCtrlr/OfflineQueuingSeverity': whole(9, { maxLimit: 9 }),
  'DisplayMessageCtrlr/Available': always,
  'DisplayMessageCtrlr/Enabled': flag(true),
  'DisplayMessageCtrlr/DisplayMessages': fixed(made('integer', () => String(displays.size), { maxLimit: 10 })),
  'DisplayMessageCtrlr/SupportedFormats': fixed(members('ASCII,UTF8', ['ASCII', 'UTF8'])),
  'DisplayMessageCtrlr/SupportedPriorities': fixed(
    members('AlwaysFront,InFront,NormalCycle', ['AlwaysFront', 'InFront', 'NormalCycle']),
  ),
})

const others = ({ options, time }: Station): Readonly<Record<string, Definition>> => ({
  'ClockCtrlr/DateTime': fixed(dateTime(() => new Date(time.now()).toISOString())),
  'ClockCtrlr/TimeSource': sequence('Heartbeat', ['Heartbeat', 'NTP']),
  'ClockCtrlr/TimeZone': text('Europe/Berlin'),
  'CustomizationCtrlr/CustomImplementationEnabled[org.stationmaster.simulator]': fixed(flag(true)),
  'ReservationCtrlr/Available': always,
  'ReservationCtrlr/Enabled': flag(true),
  'ReservationCtrlr/NonEvseSpecific': fixed(flag(true)),
  'SmartChargingCtrlr/Available': always,
  'SmartChargingCtrlr/Enabled': fixed(flag(true)),
  'SmartChargingCtrlr/Entries[ChargingProfiles]': fixed(whole(profileLimits.installed)),
  'SmartChargingCtrlr/LimitChangeSignificance': { ...fixed(whole(1)), access: 'ReadWrite' },
  'SmartChargingCtrlr/PeriodsPerSchedule': fixed(whole(profileLimits.periods)),
  'SmartChargingCtrlr/ProfileStackLevel': fixed(whole(profileLimits.stackLevel)),
  'SmartChargingCtrlr/RateUnit': fixed(members(options.outlet.phases === 0 ? 'W' : 'A,W', ['A', 'W'])),
  'TariffCostCtrlr/Available[Cost]': always,
  'TariffCostCtrlr/Available[Tariff]': always,
  'TariffCostCtrlr/Currency': text('EUR', 3),
  'TariffCostCtrlr/Enabled[Cost]': flag(true),
  'TariffCostCtrlr/Enabled[Tariff]': flag(true),
  'TariffCostCtrlr/TariffFallbackMessage': text(''),
  'TariffCostCtrlr/TotalCostFallbackMessage': text(''),
})

/** What only 2.1 has. */
const newer: Readonly<Record<string, Definition>> = {
  'DCDERCtrlr/Available': always,
  'DCDERCtrlr/Enabled': flag(true),
  'MonitoringCtrlr/MaxPeriodicEventStreams': fixed(whole(4)),
  'PaymentCtrlr/Enabled': flag(true),
  'TxCtrlr/ResumptionTimeout': whole(120, seconds),
  'TxCtrlr/SupportedLimits': fixed(members('MaxEnergy,MaxTime', ['MaxEnergy', 'MaxTime'])),
  'V2XChargingCtrlr/Available': always,
  'V2XChargingCtrlr/Enabled': flag(true),
}

/** The controllers of a station: how it is set up (2.0.1 part 2 appendices §3; handbook §3.8). */
export const controllersOf = (station: Station): Readonly<Record<string, Definition>> => ({
  ...communication(station),
  ...security(station),
  ...metering(station),
  ...transactions(station),
  ...authorisation(station),
  ...reports,
  ...watching(station),
  ...others(station),
  ...(station.protocol === 'ocpp2.1' && newer),
})
