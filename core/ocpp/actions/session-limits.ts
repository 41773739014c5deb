import { decimalOf, jsonNumber } from '../../domain/decimal.ts'
import type { SessionLimits } from '../../domain/session-limits.ts'

/** How far a session may go, in the words of 2.1 (part 2 §2, TransactionLimitType). */
interface TransactionLimit {
  readonly maxCost?: number
  readonly maxEnergy?: number
  readonly maxTime?: number
  readonly maxSoC?: number
}

export const limitTo21 = ({ maxCost, maxEnergyWh, maxTimeS, maxSoC }: SessionLimits): TransactionLimit => ({
  ...(maxCost !== undefined && { maxCost: jsonNumber(maxCost) }),
  ...(maxEnergyWh !== undefined && { maxEnergy: maxEnergyWh }),
  ...(maxTimeS !== undefined && { maxTime: maxTimeS }),
  ...(maxSoC !== undefined && { maxSoC }),
})

export const limitsOf = ({ maxCost, maxEnergy, maxTime, maxSoC }: TransactionLimit): SessionLimits => ({
  ...(maxCost !== undefined && { maxCost: decimalOf(maxCost) }),
  ...(maxEnergy !== undefined && { maxEnergyWh: maxEnergy }),
  ...(maxTime !== undefined && { maxTimeS: maxTime }),
  ...(maxSoC !== undefined && { maxSoC }),
})
