import type { Charge, Tongue, Voice } from './charge.ts'

/** OCPP 1.6: three messages, of which the later two name the number that the answer to the first has given (§4.8). */
export const tongue1 = ({ mailbox, clock }: Voice): Tongue => ({
  bootPayload: { chargePointVendor: 'Sim', chargePointModel: 'S1' },

  statusPayload: (connector, status) => ({ connectorId: connector, errorCode: 'NoError', status }),

  begin({ connector, token, register }) {
    const charge: Charge = { connector, token, meterStart: register, startedAt: clock(), readings: [] }
    mailbox().bill({
      action: 'StartTransaction',
      payload: () => ({ connectorId: connector, idTag: token, meterStart: register, timestamp: charge.startedAt }),
      answered: (payload) => {
        const { transactionId, idTagInfo } = payload as { transactionId: number; idTagInfo: { status: string } }
        charge.answer = { transactionId, status: idTagInfo.status }
      },
      lost: () => (charge.lost = true),
    })
    return charge
  },

  meter(charge, register) {
    const reading = { at: clock(), register, acknowledged: false }
    charge.readings.push(reading)
    mailbox().bill({
      action: 'MeterValues',
      payload: () => ({
        connectorId: charge.connector,
        transactionId: charge.answer?.transactionId ?? -1,
        meterValue: [{ timestamp: reading.at, sampledValue: [{ value: String(register) }] }],
      }),
      answered: () => (reading.acknowledged = true),
    })
  },

  stop(charge, register) {
    const stop = { at: clock(), meterStop: register, acknowledged: false, lost: false }
    charge.stop = stop
    mailbox().bill({
      action: 'StopTransaction',
      payload: () => ({
        transactionId: charge.answer?.transactionId ?? -1,
        idTag: charge.token,
        meterStop: register,
        timestamp: stop.at,
        reason: 'Local',
      }),
      answered: () => (stop.acknowledged = true),
      lost: () => (stop.lost = true),
    })
  },

  connected() {},

  isSettled: ({ stop, answer, lost }) =>
    (answer !== undefined || lost === true) && stop !== undefined && (stop.acknowledged || stop.lost),

  answerTo: () => undefined,
})
