import type { Action } from '../dialect.ts'
import { Authorize } from './authorize.ts'
import { BootNotification } from './boot-notification.ts'
import { ChangeAvailability } from './change-availability.ts'
import { ChangeConfiguration } from './change-configuration.ts'
import { ClearCache } from './clear-cache.ts'
import { DataTransfer } from './data-transfer.ts'
import { GetConfiguration } from './get-configuration.ts'
import { Heartbeat } from './heartbeat.ts'
import { MeterValues } from './meter-values.ts'
import { RemoteStartTransaction } from './remote-start-transaction.ts'
import { RemoteStopTransaction } from './remote-stop-transaction.ts'
import { Reset } from './reset.ts'
import { StartTransaction } from './start-transaction.ts'
import { StatusNotification } from './status-notification.ts'
import { StopTransaction } from './stop-transaction.ts'
import { TriggerMessage } from './trigger-message.ts'
import { UnlockConnector } from './unlock-connector.ts'

/** Every action we know, under its name on the wire. */
export const actions: Readonly<Record<string, Action>> = {
  Authorize,
  BootNotification,
  ChangeAvailability,
  ChangeConfiguration,
  ClearCache,
  DataTransfer,
  GetConfiguration,
  Heartbeat,
  MeterValues,
  RemoteStartTransaction,
  RemoteStopTransaction,
  Reset,
  StartTransaction,
  StatusNotification,
  StopTransaction,
  TriggerMessage,
  UnlockConnector,
}
