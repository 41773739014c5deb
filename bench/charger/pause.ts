import type { Charger } from './charger.ts'

/** A pause by the station's own clock; of a station that is switched off it never ends. */
export const pause = (charger: Pick<Charger, 'after'>, ms: number): Promise<void> =>
  new Promise((go) => void charger.after(Math.max(0, ms), go))
