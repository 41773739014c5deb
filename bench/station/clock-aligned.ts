import { keepForEnd, reading, report } from './charging.ts'
import type { Station } from './station.ts'

const day = 86_400_000

/** Readings of every EVSE at even times of the clock, counted from midnight (J01, AlignedDataCtrlr). */
export class ClockAligned {
  readonly #station: Station
  #cancel: (() => void) | undefined

  constructor(station: Station) {
    this.#station = station
  }

  /** As it is set up now. */
  start(): void {
    this.#cancel?.()
    const { model, time } = this.#station
    const everyMs = model.isOn('AlignedDataCtrlr/Enabled') ? model.number('AlignedDataCtrlr/Interval') * 1_000 : 0
    if (everyMs === 0) return
    const sinceMidnight = time.now() % day
    const wait = Math.min(everyMs - (sinceMidnight % everyMs), day - sinceMidnight)
    this.#cancel = this.#station.after(wait, () => {
      this.#read()
      this.start()
    })
  }

  #read(): void {
    const { model, evses, mailbox } = this.#station
    const wanted = model.list('AlignedDataCtrlr/Measurands')
    const isIdleOnly = model.isOn('AlignedDataCtrlr/SendDuringIdle')
    if (isIdleOnly && evses.some(({ transaction }) => transaction !== undefined)) return
    for (const evse of evses) {
      const meterValue = reading(this.#station, evse, wanted, 'Sample.Clock')
      keepForEnd(this.#station, evse, 'Sample.Clock')
      if (meterValue.length === 0) continue
      if (evse.transaction !== undefined) report(this.#station, evse, 'MeterValueClock', meterValue)
      else mailbox.bill({ action: 'MeterValues', payload: () => ({ evseId: evse.id, meterValue }), answered: () => {} })
    }
  }
}
