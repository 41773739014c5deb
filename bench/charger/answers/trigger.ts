import type {
  ExtendedTriggerMessageRequest,
  ExtendedTriggerMessageResponse,
  TriggerMessageRequest,
  TriggerMessageResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { idle } from '../firmware-order.ts'
import { reading } from '../charging.ts'
import { plugOf, reportAll } from '../plug.ts'
import { billMeter, billReading } from '../session.ts'
import { type Reply, status } from './reply.ts'

type Message = (charger: Charger, connector: number | undefined) => void

const metered: Message = (charger, connector) => {
  for (const plug of charger.plugs) {
    if (connector !== undefined && connector !== 0 && connector !== plug.number) continue
    const value = reading(charger, plug, 'Trigger')
    if (value.sampledValue.length === 0) continue
    if (plug.session === undefined) billReading(charger, plug.number, value)
    else billMeter(charger, plug.session, value)
  }
}

const common = {
  BootNotification: ({ registration }) => registration.boot(),
  Heartbeat: ({ registration }) => registration.heartbeat(),
  MeterValues: metered,
  StatusNotification: reportAll,
} satisfies Readonly<Record<string, Message>>

const plain: Readonly<Record<TriggerMessageRequest['requestedMessage'], Message>> = {
  ...common,
  DiagnosticsStatusNotification: ({ uploads }) => uploads.tellDiagnostics(),
  FirmwareStatusNotification: ({ firmware }) => firmware.tell(idle(false), ({ signed }) => signed === undefined),
}

const extended: Readonly<Record<ExtendedTriggerMessageRequest['requestedMessage'], Message>> = {
  ...common,
  LogStatusNotification: ({ uploads }) => uploads.tellLog(),
  // from the security extension on it is the signed update's (A00)
  FirmwareStatusNotification: ({ firmware }) => firmware.tell(idle(true), ({ signed }) => signed !== undefined),
  SignChargePointCertificate: ({ credentials }) => void credentials.askForCertificate(),
}

/** The message comes after the answer (OCPP 1.6 §5.17), also from a station that is not accepted yet. */
const triggered = (
  charger: Charger,
  message: Message,
  connector: number | undefined,
): Reply<TriggerMessageResponse> => {
  const isKnown = connector === undefined || connector === 0 || plugOf(charger, connector) !== undefined
  if (!isKnown) return status('Rejected')
  return status('Accepted', () => charger.asked(() => message(charger, connector)))
}

export const trigger = {
  TriggerMessage: (
    charger: Charger,
    { requestedMessage, connectorId }: TriggerMessageRequest,
  ): Reply<TriggerMessageResponse> => triggered(charger, plain[requestedMessage], connectorId),

  ExtendedTriggerMessage: (
    charger: Charger,
    { requestedMessage, connectorId }: ExtendedTriggerMessageRequest,
  ): Reply<ExtendedTriggerMessageResponse> => triggered(charger, extended[requestedMessage], connectorId),
}
