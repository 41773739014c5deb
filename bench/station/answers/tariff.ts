import type {
  ChangeTransactionTariffRequest,
  ChangeTransactionTariffResponse,
  ClearTariffsRequest,
  ClearTariffsResponse,
  GetTariffsRequest,
  GetTariffsResponse,
  NotifyWebPaymentStartedRequest,
  NotifyWebPaymentStartedResponse,
  SetDefaultTariffRequest,
  SetDefaultTariffResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { report } from '../charging.ts'
import { evseOf } from '../evse.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Blocks C and I of 2.1: what charging costs, and whoever pays for it on the web. */
export const tariff = {
  SetDefaultTariff(
    station: Station,
    { evseId, tariff: wanted }: SetDefaultTariffRequest,
  ): Reply<SetDefaultTariffResponse> {
    if (evseId !== 0 && evseOf(station, evseId) === undefined) return status('Rejected')
    return status(station.tariffs.set(evseId, wanted))
  },

  GetTariffs(station: Station, { evseId }: GetTariffsRequest): Reply<GetTariffsResponse> {
    if (evseId !== 0 && evseOf(station, evseId) === undefined) return status('Rejected')
    const tariffAssignments = [...station.tariffs.assignments(evseId)]
    return tariffAssignments.length === 0 ? status('NoTariff') : { answer: { status: 'Accepted', tariffAssignments } }
  },

  ClearTariffs({ tariffs }: Station, request: ClearTariffsRequest): Reply<ClearTariffsResponse> {
    const results = tariffs.clear(request)
    const clearTariffsResult = results.length === 0 ? [{ status: 'NoTariff' as const }] : [...results]
    return { answer: { clearTariffsResult } }
  },

  ChangeTransactionTariff(
    station: Station,
    { transactionId, tariff: wanted }: ChangeTransactionTariffRequest,
  ): Reply<ChangeTransactionTariffResponse> {
    const evse = station.evses.find(({ transaction }) => transaction?.transactionId === transactionId)
    const { transaction } = evse ?? {}
    if (evse === undefined || transaction === undefined) return status('TxNotFound')
    const fault = station.tariffs.faultOf(wanted)
    if (fault !== undefined) return status(fault)
    const before = station.tariffs.of(transaction)
    if (before !== undefined && before.currency !== wanted.currency) return status('NoCurrencyChange')
    return status('Accepted', () => {
      station.tariffs.change(transaction, wanted)
      report(station, evse, 'TariffChanged', [])
    })
  },

  /** Nobody else may begin there while somebody pays (C25). */
  NotifyWebPaymentStarted(
    station: Station,
    { evseId, timeout }: NotifyWebPaymentStartedRequest,
  ): Reply<NotifyWebPaymentStartedResponse> {
    const evse = evseOf(station, evseId)
    if (evse !== undefined) evse.paysUntil = station.time.now() + timeout * 1_000
    return { answer: {} }
  },
}
