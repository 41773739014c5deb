import { randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../core/ports/clock.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Random } from '../core/ports/random.ts'
import type { Secrets } from '../core/ports/secrets.ts'
import type { Timers } from '../core/ports/timers.ts'

/** Time, chance and names from the machine we run on. */

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

export const systemTimers: Timers = {
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
  soon: (then) => void setImmediate(then),
}

export const systemRandom: Random = { integer: (least, most) => randomInt(least, most + 1) }

export const systemSecrets: Secrets = { bytes: (count) => randomBytes(count) }

/** RFC 9562 §5.7: 48 bits of milliseconds, then chance; sorts by time of making. */
export const systemIds: Ids = {
  uuid() {
    const bytes = randomBytes(16)
    bytes.writeUIntBE(Date.now(), 0, 6)
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
    const hex = bytes.toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  },
}
