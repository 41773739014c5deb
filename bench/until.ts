import { sleep } from './sleep.ts'

const patienceMs = 60_000

/** Asks again and again until there is something. */
export const until = async <Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(500)) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new Error(`${what}: nothing came within ${patienceMs / 1_000} s`)
}
