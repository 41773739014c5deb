import { amountText, partsOf, roundedTo, unitOf } from '../domain/amount.ts'
import { shifted } from '../domain/units.ts'

/** Decimals that are kept of a number: OCPI has four, prices sometimes more; beyond six is the noise of doubles. */
const decimals = 6

/** What is read of a number, from JSON or from a text that should have been one; undefined where it is none. */
export const numberText = (
  value: number | string,
): { readonly text: string; readonly isExact: boolean } | undefined => {
  const plain = shifted(String(value), 0)
  const [, whole, fraction = ''] = /^(-?\d{1,15})(?:\.(\d+))?$/.exec(plain ?? '') ?? []
  if (plain === undefined || whole === undefined) return undefined
  if (fraction.length <= decimals) return { text: plain, isExact: true }
  const kept = partsOf(`${whole}.${fraction.slice(0, decimals + 1)}`)
  return { text: amountText(roundedTo(unitOf(decimals), kept), 0), isExact: false }
}
