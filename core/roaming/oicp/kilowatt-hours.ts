import type { Note } from '../field.ts'
import type { DecimalText } from '../model.ts'

/**
 * Energy as OICP has it, a JSON number of kWh with three decimals: what is less than a watt-hour is left out, never rounded
 * up (handbook/roaming.md §0.6). It is cut as a text; of at most 15 digits a double is written as it was read.
 */
export const kilowattHoursOf = (energy: DecimalText, note: Note): number => {
  const [whole = '0', fraction = ''] = energy.split('.')
  if (/[1-9]/.test(fraction.slice(3))) note('rounded', `${energy} kWh: OICP has three decimals`)
  return Number(`${whole}.${fraction.slice(0, 3) || '0'}`)
}
