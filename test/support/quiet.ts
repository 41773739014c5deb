import type { Log } from '../../core/ports/log.ts'
import type { Telemetry } from '../../core/ports/telemetry.ts'

/** A log that nobody reads. */
export const silence: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Telemetry that nobody looks at. */
export const deaf: Telemetry = {
  count: () => {},
  counter: () => ({ add: () => {} }),
  gauge: () => {},
  took: () => {},
  span: () => undefined,
}
