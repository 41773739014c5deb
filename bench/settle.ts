import { end } from './charger/charging.ts'
import type { Charger } from './charger/charger.ts'
import { close } from './charger/plug.ts'
import { sleep } from './sleep.ts'

const lookMs = 100

/** Nothing is under way, and the server has acknowledged everything that was. */
const isSettled = ({ plugs, mailbox, books, sessions }: Charger): boolean =>
  plugs.every(({ session }) => session === undefined) &&
  mailbox.waiting === 0 &&
  books.outstanding === 0 &&
  sessions.every(({ stopAnswered }) => stopAnswered)

/** Brings a fleet to its end: no more mischief, no more cars, what charges stops, and everything is delivered. */
export const settle = async (chargers: readonly Charger[], patienceMs: number): Promise<boolean> => {
  for (const charger of chargers) {
    charger.chaos?.calm()
    close(charger)
    for (const plug of charger.plugs) end(charger, plug, 'Local')
  }
  const until = performance.now() + patienceMs
  while (!chargers.every(isSettled) && performance.now() < until) await sleep(lookMs)
  return chargers.every(isSettled)
}
