import type { Charger } from '../charger.ts'
import type { MeterValue } from '../samples.ts'
import { billMeter, type LedgerSession } from '../session.ts'

/** A reading as a trembling meter shows it; the registers of start and stop are never touched. */
export const jittered = ({ chaos }: Charger, value: MeterValue): MeterValue => {
  const off = chaos?.jitterWh() ?? 0
  if (off === 0) return value
  return {
    ...value,
    sampledValue: value.sampledValue.map((sample) =>
      sample.measurand === 'Energy.Active.Import.Register'
        ? { ...sample, value: String(Math.max(0, Number(sample.value) + off)) }
        : sample,
    ),
  }
}

/** Of a session that is over: one more reading comes behind its stop, and that may tremble too. */
export const readAfterStop = (charger: Charger, session: LedgerSession): void => {
  const afterMs = charger.chaos?.afterStopMs()
  if (afterMs === undefined) return
  const measurand = 'Energy.Active.Import.Register'
  charger.after(afterMs, () => {
    const timestamp = new Date(charger.time.now()).toISOString()
    const value = { timestamp, sampledValue: [{ value: String(session.meterStop), measurand }] } satisfies MeterValue
    billMeter(charger, session, jittered(charger, value))
  })
}
