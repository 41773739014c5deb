import type { Action } from '../dialect.ts'
import { AdjustPeriodicEventStream } from './adjust-periodic-event-stream.ts'
import { AFRRSignal } from './afrr-signal.ts'
import { Authorize } from './authorize.ts'
import { BatterySwap } from './battery-swap.ts'
import { BootNotification } from './boot-notification.ts'
import { CancelReservation } from './cancel-reservation.ts'
import { CertificateSigned } from './certificate-signed.ts'
import { ChangeAvailability } from './change-availability.ts'
import { ChangeConfiguration } from './change-configuration.ts'
import { ChangeTransactionTariff } from './change-transaction-tariff.ts'
import { ClearCache } from './clear-cache.ts'
import { ClearChargingProfile } from './clear-charging-profile.ts'
import { ClearDERControl } from './clear-der-control.ts'
import { ClearDisplayMessage } from './clear-display-message.ts'
import { ClearTariffs } from './clear-tariffs.ts'
import { ClearVariableMonitoring } from './clear-variable-monitoring.ts'
import { ClearedChargingLimit } from './cleared-charging-limit.ts'
import { ClosePeriodicEventStream } from './close-periodic-event-stream.ts'
import { CostUpdated } from './cost-updated.ts'
import { CustomerInformation } from './customer-information.ts'
import { DataTransfer } from './data-transfer.ts'
import { DeleteCertificate } from './delete-certificate.ts'
import { DiagnosticsStatusNotification } from './diagnostics-status-notification.ts'
import { ExtendedTriggerMessage } from './extended-trigger-message.ts'
import { FirmwareStatusNotification } from './firmware-status-notification.ts'
import { GetBaseReport } from './get-base-report.ts'
import { GetChargingProfiles } from './get-charging-profiles.ts'
import { Get15118EVCertificate } from './get-15118-ev-certificate.ts'
import { GetCertificateChainStatus } from './get-certificate-chain-status.ts'
import { GetCertificateStatus } from './get-certificate-status.ts'
import { GetCompositeSchedule } from './get-composite-schedule.ts'
import { GetConfiguration } from './get-configuration.ts'
import { GetDERControl } from './get-der-control.ts'
import { GetDiagnostics } from './get-diagnostics.ts'
import { GetDisplayMessages } from './get-display-messages.ts'
import { GetInstalledCertificateIds } from './get-installed-certificate-ids.ts'
import { GetLocalListVersion } from './get-local-list-version.ts'
import { GetLog } from './get-log.ts'
import { GetMonitoringReport } from './get-monitoring-report.ts'
import { GetPeriodicEventStream } from './get-periodic-event-stream.ts'
import { GetReport } from './get-report.ts'
import { GetTariffs } from './get-tariffs.ts'
import { GetTransactionStatus } from './get-transaction-status.ts'
import { GetVariables } from './get-variables.ts'
import { Heartbeat } from './heartbeat.ts'
import { InstallCertificate } from './install-certificate.ts'
import { LogStatusNotification } from './log-status-notification.ts'
import { MeterValues } from './meter-values.ts'
import { NotifyAllowedEnergyTransfer } from './notify-allowed-energy-transfer.ts'
import { NotifyChargingLimit } from './notify-charging-limit.ts'
import { NotifyCustomerInformation } from './notify-customer-information.ts'
import { NotifyDERAlarm } from './notify-der-alarm.ts'
import { NotifyDERStartStop } from './notify-der-start-stop.ts'
import { NotifyDisplayMessages } from './notify-display-messages.ts'
import { NotifyEVChargingNeeds } from './notify-ev-charging-needs.ts'
import { NotifyEVChargingSchedule } from './notify-ev-charging-schedule.ts'
import { NotifyEvent } from './notify-event.ts'
import { NotifyMonitoringReport } from './notify-monitoring-report.ts'
import { NotifyPeriodicEventStream } from './notify-periodic-event-stream.ts'
import { NotifyPriorityCharging } from './notify-priority-charging.ts'
import { NotifyReport } from './notify-report.ts'
import { NotifySettlement } from './notify-settlement.ts'
import { NotifyWebPaymentStarted } from './notify-web-payment-started.ts'
import { OpenPeriodicEventStream } from './open-periodic-event-stream.ts'
import { PublishFirmware } from './publish-firmware.ts'
import { PublishFirmwareStatusNotification } from './publish-firmware-status-notification.ts'
import { PullDynamicScheduleUpdate } from './pull-dynamic-schedule-update.ts'
import { RemoteStartTransaction } from './remote-start-transaction.ts'
import { RemoteStopTransaction } from './remote-stop-transaction.ts'
import { ReportChargingProfiles } from './report-charging-profiles.ts'
import { ReportDERControl } from './report-der-control.ts'
import { RequestBatterySwap } from './request-battery-swap.ts'
import { RequestStartTransaction } from './request-start-transaction.ts'
import { RequestStopTransaction } from './request-stop-transaction.ts'
import { ReservationStatusUpdate } from './reservation-status-update.ts'
import { ReserveNow } from './reserve-now.ts'
import { Reset } from './reset.ts'
import { SecurityEventNotification } from './security-event-notification.ts'
import { SendLocalList } from './send-local-list.ts'
import { SetChargingProfile } from './set-charging-profile.ts'
import { SetDefaultTariff } from './set-default-tariff.ts'
import { SetDERControl } from './set-der-control.ts'
import { SetDisplayMessage } from './set-display-message.ts'
import { SetMonitoringBase } from './set-monitoring-base.ts'
import { SetMonitoringLevel } from './set-monitoring-level.ts'
import { SetNetworkProfile } from './set-network-profile.ts'
import { SetVariableMonitoring } from './set-variable-monitoring.ts'
import { SetVariables } from './set-variables.ts'
import { SignCertificate } from './sign-certificate.ts'
import { SignedFirmwareStatusNotification } from './signed-firmware-status-notification.ts'
import { SignedUpdateFirmware } from './signed-update-firmware.ts'
import { StartTransaction } from './start-transaction.ts'
import { StatusNotification } from './status-notification.ts'
import { StopTransaction } from './stop-transaction.ts'
import { TransactionEvent } from './transaction-event.ts'
import { TriggerMessage } from './trigger-message.ts'
import { UnlockConnector } from './unlock-connector.ts'
import { UnpublishFirmware } from './unpublish-firmware.ts'
import { UpdateDynamicSchedule } from './update-dynamic-schedule.ts'
import { UpdateFirmware } from './update-firmware.ts'
import { UsePriorityCharging } from './use-priority-charging.ts'
import { VatNumberValidation } from './vat-number-validation.ts'

/** Every action we know, under its name on the wire. */
export const actions: Readonly<Record<string, Action>> = {
  AFRRSignal,
  AdjustPeriodicEventStream,
  Authorize,
  BatterySwap,
  BootNotification,
  CancelReservation,
  CertificateSigned,
  ChangeAvailability,
  ChangeConfiguration,
  ChangeTransactionTariff,
  ClearCache,
  ClearChargingProfile,
  ClearDERControl,
  ClearDisplayMessage,
  ClearTariffs,
  ClearVariableMonitoring,
  ClearedChargingLimit,
  ClosePeriodicEventStream,
  CostUpdated,
  CustomerInformation,
  DataTransfer,
  DeleteCertificate,
  DiagnosticsStatusNotification,
  ExtendedTriggerMessage,
  FirmwareStatusNotification,
  GetBaseReport,
  GetChargingProfiles,
  Get15118EVCertificate,
  GetCertificateChainStatus,
  GetCertificateStatus,
  GetCompositeSchedule,
  GetConfiguration,
  GetDERControl,
  GetDiagnostics,
  GetDisplayMessages,
  GetInstalledCertificateIds,
  GetLocalListVersion,
  GetLog,
  GetMonitoringReport,
  GetPeriodicEventStream,
  GetReport,
  GetTariffs,
  GetTransactionStatus,
  GetVariables,
  Heartbeat,
  InstallCertificate,
  LogStatusNotification,
  MeterValues,
  NotifyAllowedEnergyTransfer,
  NotifyChargingLimit,
  NotifyCustomerInformation,
  NotifyDERAlarm,
  NotifyDERStartStop,
  NotifyDisplayMessages,
  NotifyEVChargingNeeds,
  NotifyEVChargingSchedule,
  NotifyEvent,
  NotifyMonitoringReport,
  NotifyPeriodicEventStream,
  NotifyPriorityCharging,
  NotifyReport,
  NotifySettlement,
  NotifyWebPaymentStarted,
  OpenPeriodicEventStream,
  PublishFirmware,
  PublishFirmwareStatusNotification,
  PullDynamicScheduleUpdate,
  RemoteStartTransaction,
  RemoteStopTransaction,
  ReportChargingProfiles,
  ReportDERControl,
  RequestBatterySwap,
  RequestStartTransaction,
  RequestStopTransaction,
  ReservationStatusUpdate,
  ReserveNow,
  Reset,
  SecurityEventNotification,
  SendLocalList,
  SetChargingProfile,
  SetDERControl,
  SetDefaultTariff,
  SetDisplayMessage,
  SetMonitoringBase,
  SetMonitoringLevel,
  SetNetworkProfile,
  SetVariableMonitoring,
  SetVariables,
  SignCertificate,
  SignedFirmwareStatusNotification,
  SignedUpdateFirmware,
  StartTransaction,
  StatusNotification,
  StopTransaction,
  TransactionEvent,
  TriggerMessage,
  UnlockConnector,
  UnpublishFirmware,
  UpdateDynamicSchedule,
  UpdateFirmware,
  UsePriorityCharging,
  VatNumberValidation,
}
