/** What a car draws: alternating current flat with a ramp at the start, direct current with a taper by state of charge. */
export interface Outlet {
  readonly name: 'AC 11 kW' | 'AC 22 kW' | 'DC 150 kW'
  readonly watts: number
  readonly phases: number
}

export const outlets: readonly Outlet[] = [
  { name: 'AC 11 kW', watts: 11_000, phases: 3 },
  { name: 'AC 22 kW', watts: 22_000, phases: 3 },
  { name: 'DC 150 kW', watts: 150_000, phases: 0 },
]

const rampS = 5

/** Power in watts, `s` seconds into a charge of a battery that began at `soc` (0–1). */
export const powerAt = (outlet: Outlet, s: number, soc: number): number => {
  const ramp = Math.min(1, Math.max(0, s) / rampS)
  const taper = outlet.phases > 0 ? 1 : soc < 0.6 ? 1 : Math.max(0.1, 1 - (soc - 0.6) * 2)
  return Math.round(outlet.watts * ramp * taper)
}

interface Draw {
  readonly speed?: number
  readonly limit?: number
}

/** A meter: its register only ever grows, whatever the car does. */
export class Meter {
  #milliWattHours: number
  #at: number
  soc: number
  readonly #outlet: Outlet

  constructor(outlet: Outlet, wattHours: number, soc: number, at: number) {
    this.#outlet = outlet
    this.#milliWattHours = wattHours * 1_000
    this.soc = soc
    this.#at = at
  }

  /** Whole watt-hours, as a register shows them. */
  get wattHours(): number {
    return Math.floor(this.#milliWattHours / 1_000)
  }

  /** Up to when its energy has been counted, ms. */
  get countedTo(): number {
    return this.#at
  }

  /** Lets the charge go on to `at` (ms), under a limit in watts; answers the power at that moment. `speed` lets a short demo charge a lot. */
  charge(began: number, at: number, { speed = 1, limit = Infinity }: Draw = {}): number {
    const watts = Math.min(powerAt(this.#outlet, (at - began) / 1_000, this.soc), Math.round(limit))
    const hours = (Math.max(0, at - this.#at) / 3_600_000) * speed
    this.#milliWattHours += Math.round(watts * hours * 1_000)
    this.soc = Math.min(1, this.soc + (watts * hours) / 60_000)
    this.#at = Math.max(this.#at, at)
    return watts
  }

  rest(at: number): void {
    this.#at = Math.max(this.#at, at)
  }
}
