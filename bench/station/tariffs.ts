import type {
  ClearTariffsRequest,
  ClearTariffsResultType,
  IdTokenType,
  TariffAssignmentType,
  TariffSetStatusEnumType,
  TariffType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'
import { isSame } from './tokens.ts'
import type { Transaction } from './transaction.ts'

const mostPrices = 5

const elements = ({ energy, chargingTime, idleTime, reservationTime }: TariffType): number[] =>
  [energy, chargingTime, idleTime, reservationTime].map((part) => part?.prices.length ?? 0)

interface Personal {
  readonly token: IdTokenType
  readonly tariff: TariffType
}

/** The tariffs of a station (2.1 I07–I11): one of each EVSE, and those that came with a token. */
export class Tariffs {
  readonly #station: Station
  readonly #defaults = new Map<number, TariffType>()
  #personal: readonly Personal[] = []
  /** By transaction, what it is charged by, whatever becomes of the tariff meanwhile (I07.FR.11). */
  readonly #running = new Map<string, TariffType>()

  constructor(station: Station) {
    this.#station = station
  }

  /** Why a tariff is of no use here, or nothing. */
  faultOf(tariff: TariffType): 'TooManyElements' | 'ConditionNotSupported' | undefined {
    if (elements(tariff).some((count) => count > mostPrices)) return 'TooManyElements'
    const brands = [...(tariff.fixedFee?.prices ?? []), ...(tariff.reservationFixed?.prices ?? [])]
    // this station takes no cards, and so knows none apart
    return brands.some(({ conditions }) => conditions?.paymentBrand ?? conditions?.paymentRecognition)
      ? 'ConditionNotSupported'
      : undefined
  }

  set(evseId: number, tariff: TariffType): TariffSetStatusEnumType {
    const fault = this.faultOf(tariff)
    if (fault !== undefined) return fault
    const isOther = [...this.#defaults].some(
      ([evse, one]) => one.tariffId === tariff.tariffId && evseId !== 0 && evse !== evseId,
    )
    if (isOther) return 'DuplicateTariffId'
    for (const evse of this.#station.evses) if (evseId === 0 || evse.id === evseId) this.#defaults.set(evse.id, tariff)
    return 'Accepted'
  }

  /** One that is for a driver only, from the answer to an Authorize. */
  forDriver(token: IdTokenType, tariff: TariffType): void {
    this.#personal = [...this.#personal.filter((one) => !isSame(one.token, token)), { token, tariff }]
  }

  begin(transaction: Transaction): void {
    const tariff = this.#on(transaction.evse)
    if (tariff !== undefined) this.change(transaction, tariff)
  }

  change(transaction: Transaction, tariff: TariffType): void {
    this.#running.set(transaction.transactionId, tariff)
    transaction.tariffId = tariff.tariffId
  }

  of({ transactionId }: Transaction): TariffType | undefined {
    return this.#running.get(transactionId)
  }

  assignments(evseId: number): readonly TariffAssignmentType[] {
    const of = [...this.#defaults].filter(([evse]) => evseId === 0 || evse === evseId)
    const defaults = [...Map.groupBy(of, ([, { tariffId }]) => tariffId)].map(
      ([tariffId, assigned]): TariffAssignmentType => ({
        tariffId,
        tariffKind: 'DefaultTariff',
        evseIds: assigned.map(([evse]) => evse),
      }),
    )
    const personal = this.#personal.map(({ token, tariff }): TariffAssignmentType => ({
      tariffId: tariff.tariffId,
      tariffKind: 'DriverTariff',
      idTokens: [token.idToken],
    }))
    return [...defaults, ...personal]
  }

  /** Those that are named, or all; of one EVSE, or of all. */
  clear({ tariffIds, evseId }: ClearTariffsRequest): readonly ClearTariffsResultType[] {
    const there = [...new Set(this.assignments(evseId ?? 0).map(({ tariffId }) => tariffId))]
    const wanted = tariffIds ?? there
    for (const [evse, { tariffId }] of this.#defaults)
      if (wanted.includes(tariffId) && (evseId === undefined || evse === evseId)) this.#defaults.delete(evse)
    if (evseId === undefined) this.#personal = this.#personal.filter((one) => !wanted.includes(one.tariff.tariffId))
    return wanted.map((tariffId) => ({ tariffId, status: there.includes(tariffId) ? 'Accepted' : 'NoTariff' }))
  }

  /** What a transaction that begins now is charged by. */
  #on(evse: number): TariffType | undefined {
    const { evses, time } = this.#station
    const token = evses.find(({ id }) => id === evse)?.access?.token
    const personal = this.#personal.find((one) => isSame(one.token, token))?.tariff
    const tariff = personal ?? this.#defaults.get(evse)
    const isYet = tariff?.validFrom === undefined || Date.parse(tariff.validFrom) <= time.now()
    return isYet ? tariff : undefined
  }
}
