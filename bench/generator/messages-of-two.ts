import { now } from './messages.ts'

/** The messages of 2.0.1 and 2.1 that say what those of 1.6 do; what they are of is the same, and as much of it. */

const value = (register: number, context: string): string =>
  `{"value":${register},"context":"${context}","measurand":"Energy.Active.Import.Register","unitOfMeasure":{"unit":"Wh"}}`

/** The same six measurands. */
const sampled = (register: number): string =>
  `${value(register, 'Sample.Periodic')},{"value":10950,"measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}},{"value":15.9,"measurand":"Current.Import","phase":"L1","unitOfMeasure":{"unit":"A"}},{"value":15.8,"measurand":"Current.Import","phase":"L2","unitOfMeasure":{"unit":"A"}},{"value":230.1,"measurand":"Voltage","unitOfMeasure":{"unit":"V"}},{"value":54,"measurand":"SoC","location":"EV","unitOfMeasure":{"unit":"Percent"}}`

/** One event of a transaction, of which number it is, and at what register. */
export interface EventOf {
  readonly transaction: string
  readonly seqNo: number
  readonly register: number
  readonly at?: string
}

const event = (type: string, trigger: string, { transaction, seqNo, at = now() }: EventOf, rest: string): string =>
  `{"eventType":"${type}","timestamp":"${at}","triggerReason":"${trigger}","seqNo":${seqNo},"transactionInfo":{"transactionId":"${transaction}"${rest}`

const metered = (at: string, samples: string): string =>
  `"meterValue":[{"timestamp":"${at}","sampledValue":[${samples}]}]`

export const started = (of: EventOf): string =>
  event(
    'Started',
    'Authorized',
    of,
    `,"chargingState":"Charging"},"evse":{"id":1,"connectorId":1},"idToken":{"idToken":"BENCHCARD","type":"ISO14443"},${metered(of.at ?? now(), value(of.register, 'Transaction.Begin'))}}`,
  )

export const updated = (of: EventOf): string =>
  event('Updated', 'MeterValuePeriodic', of, `},${metered(of.at ?? now(), sampled(of.register))}}`)

export const ended = (of: EventOf): string =>
  event(
    'Ended',
    'EVCommunicationLost',
    of,
    `,"chargingState":"Idle","stoppedReason":"EVDisconnected"},${metered(of.at ?? now(), value(of.register, 'Transaction.End'))}}`,
  )

export const status = (evse: number, is: string): string =>
  `{"timestamp":"${now()}","connectorStatus":"${is}","evseId":${evse},"connectorId":1}`

export const boot =
  '{"reason":"PowerUp","chargingStation":{"vendorName":"Bench","model":"Generator","firmwareVersion":"1.0"}}'
