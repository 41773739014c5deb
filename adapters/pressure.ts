import type { Pressure } from '../core/ports/pressure.ts'

const everyMs = 25
const windowMs = 250

/** How late a timer fires is how late everything else is that waits for this event loop. */
export const machinePressure = (): Pressure & { stop(): void } => {
  let due = performance.now() + everyMs
  let worst = 0
  let before = 0
  let windowEnds = due + windowMs
  const timer = setInterval(() => {
    const now = performance.now()
    worst = Math.max(worst, now - due)
    due = now + everyMs
    if (now < windowEnds) return
    before = worst
    worst = 0
    windowEnds = now + windowMs
  }, everyMs)
  return {
    // what is late just now counts as well
    loopDelayMs: () => Math.max(worst, before, performance.now() - due),
    stop: () => clearInterval(timer),
  }
}
