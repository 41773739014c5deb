import type { CostDetailsType, PriceType } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'
import type { Transaction } from './transaction.ts'

const rounded = (amount: number): number => Math.round(amount * 1e4) / 1e4

/**
 * What a transaction costs by its tariff, as the station has worked it out (2.1 I12): energy, time and a fee, each by the
 * first of its prices, which is all that this station understands of a tariff.
 */
export const costOf = ({ tariffs }: Station, transaction: Transaction): CostDetailsType | undefined => {
  const tariff = tariffs.of(transaction)
  if (tariff === undefined) return undefined
  const { startedAt, stoppedAt = startedAt, meterStart, meterStop = meterStart, chargingMs } = transaction
  const usage = {
    energy: (meterStop - meterStart) / 1_000,
    chargingTime: Math.round(chargingMs / 1_000),
    idleTime: Math.max(0, Math.round((stoppedAt - startedAt - chargingMs) / 1_000)),
  }
  const costs = {
    ...(tariff.energy && { energy: price(usage.energy * (tariff.energy.prices[0]?.priceKwh ?? 0)) }),
    ...(tariff.chargingTime && {
      chargingTime: price((usage.chargingTime / 60) * (tariff.chargingTime.prices[0]?.priceMinute ?? 0)),
    }),
    ...(tariff.idleTime && { idleTime: price((usage.idleTime / 60) * (tariff.idleTime.prices[0]?.priceMinute ?? 0)) }),
    ...(tariff.fixedFee && { fixed: price(tariff.fixedFee.prices[0]?.priceFixed ?? 0) }),
  }
  const total = Object.values(costs).reduce((sum, { exclTax = 0 }) => sum + exclTax, 0)
  return {
    totalUsage: usage,
    totalCost: { currency: tariff.currency, typeOfCost: 'NormalCost', ...costs, total: price(total) },
  }
}

const price = (amount: number): PriceType => ({ exclTax: rounded(amount) })
