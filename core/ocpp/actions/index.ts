import type { Action } from '../dialect.ts'
import { Authorize } from './authorize.ts'
import { BootNotification } from './boot-notification.ts'
import { CancelReservation } from './cancel-reservation.ts'
import { CertificateSigned } from './certificate-signed.ts'
import { ChangeAvailability } from './change-availability.ts'
import { ChangeConfiguration } from './change-configuration.ts'
import { ClearCache } from './clear-cache.ts'
import { ClearChargingProfile } from './clear-charging-profile.ts'
import { DataTransfer } from './data-transfer.ts'
import { DeleteCertificate } from './delete-certificate.ts'
import { DiagnosticsStatusNotification } from './diagnostics-status-notification.ts'
import { ExtendedTriggerMessage } from './extended-trigger-message.ts'
import { FirmwareStatusNotification } from './firmware-status-notification.ts'
import { Get15118EVCertificate } from './get-15118-ev-certificate.ts'
import { GetCertificateChainStatus } from './get-certificate-chain-status.ts'
import { GetCertificateStatus } from './get-certificate-status.ts'
import { GetCompositeSchedule } from './get-composite-schedule.ts'
import { GetConfiguration } from './get-configuration.ts'
import { GetDiagnostics } from './get-diagnostics.ts'
import { GetInstalledCertificateIds } from './get-installed-certificate-ids.ts'
import { GetLocalListVersion } from './get-local-list-version.ts'
import { GetLog } from './get-log.ts'
import { GetTransactionStatus } from './get-transaction-status.ts'
import { Heartbeat } from './heartbeat.ts'
import { InstallCertificate } from './install-certificate.ts'
import { LogStatusNotification } from './log-status-notification.ts'
import { MeterValues } from './meter-values.ts'
import { RemoteStartTransaction } from './remote-start-transaction.ts'
import { RemoteStopTransaction } from './remote-stop-transaction.ts'
import { RequestStartTransaction } from './request-start-transaction.ts'
import { RequestStopTransaction } from './request-stop-transaction.ts'
import { ReservationStatusUpdate } from './reservation-status-update.ts'
import { ReserveNow } from './reserve-now.ts'
import { Reset } from './reset.ts'
import { SecurityEventNotification } from './security-event-notification.ts'
import { SendLocalList } from './send-local-list.ts'
import { SetChargingProfile } from './set-charging-profile.ts'
import { SignCertificate } from './sign-certificate.ts'
import { SignedFirmwareStatusNotification } from './signed-firmware-status-notification.ts'
import { SignedUpdateFirmware } from './signed-update-firmware.ts'
import { StartTransaction } from './start-transaction.ts'
import { StatusNotification } from './status-notification.ts'
import { StopTransaction } from './stop-transaction.ts'
import { TransactionEvent } from './transaction-event.ts'
import { TriggerMessage } from './trigger-message.ts'
import { UnlockConnector } from './unlock-connector.ts'
import { UpdateFirmware } from './update-firmware.ts'

/** Every action we know, under its name on the wire. */
export const actions: Readonly<Record<string, Action>> = {
  Authorize,
  BootNotification,
  CancelReservation,
  CertificateSigned,
  ChangeAvailability,
  ChangeConfiguration,
  ClearCache,
  ClearChargingProfile,
  DataTransfer,
  DeleteCertificate,
  DiagnosticsStatusNotification,
  ExtendedTriggerMessage,
  FirmwareStatusNotification,
  Get15118EVCertificate,
  GetCertificateChainStatus,
  GetCertificateStatus,
  GetCompositeSchedule,
  GetConfiguration,
  GetDiagnostics,
  GetInstalledCertificateIds,
  GetLocalListVersion,
  GetLog,
  GetTransactionStatus,
  Heartbeat,
  InstallCertificate,
  LogStatusNotification,
  MeterValues,
  RemoteStartTransaction,
  RemoteStopTransaction,
  RequestStartTransaction,
  RequestStopTransaction,
  ReservationStatusUpdate,
  ReserveNow,
  Reset,
  SecurityEventNotification,
  SendLocalList,
  SetChargingProfile,
  SignCertificate,
  SignedFirmwareStatusNotification,
  SignedUpdateFirmware,
  StartTransaction,
  StatusNotification,
  StopTransaction,
  TransactionEvent,
  TriggerMessage,
  UnlockConnector,
  UpdateFirmware,
}
