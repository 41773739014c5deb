import { keepForStop, reading } from './charging.ts'
import type { Charger } from './charger.ts'
import { billMeter, billReading } from './session.ts'

const day = 86_400_000

/** Readings of every connector at even times of the clock, counted from midnight (OCPP 1.6 §3.15, ClockAlignedDataInterval). */
export class ClockAligned {
  readonly #charger: Charger
  #cancel: (() => void) | undefined

  constructor(charger: Charger) {
    this.#charger = charger
  }

  /** As it is configured now. */
  start(): void {
    this.#cancel?.()
    const { configuration, time } = this.#charger
    const everyMs = configuration.number('ClockAlignedDataInterval') * 1_000
    if (everyMs === 0) return
    const sinceMidnight = time.now() % day
    const wait = Math.min(everyMs - (sinceMidnight % everyMs), day - sinceMidnight)
    this.#cancel = this.#charger.after(wait, () => {
      this.#read()
      this.start()
    })
  }

  #read(): void {
    for (const plug of this.#charger.plugs) {
      const value = reading(this.#charger, plug, 'Sample.Clock')
      keepForStop(this.#charger, plug, 'Sample.Clock')
      if (value.sampledValue.length === 0) continue
      if (plug.session === undefined) billReading(this.#charger, plug.number, value)
      else billMeter(this.#charger, plug.session, value)
    }
  }
}
