/** Events of a station's own security log that somebody must hear of at once (handbook §3.9, OCPP 1.6 whitepaper appendix). */
const critical = new Set([
  'FirmwareUpdated',
  'SettingSystemTime',
  'StartupOfTheDevice',
  'ResetOrReboot',
  'SecurityLogWasCleared',
  'MemoryExhaustion',
  'TamperDetectionActivated',
  'InvalidFirmwareSignature',
  'InvalidFirmwareSigningCertificate',
  'InvalidCentralSystemCertificate',
  'InvalidChargePointCertificate',
  'InvalidTLSVersion',
  'InvalidTLSCipherSuite',
])

/** Any type is kept; those that the specifications call critical are flagged, and raise an alarm. */
export const isCritical = (event: string): boolean => critical.has(event)
