import type { Log } from '../../core/ports/log.ts'

/** Undoes what was done, in reverse, whatever fails on the way. */
export class Undo {
  readonly #steps: { readonly what: string; readonly undo: () => Promise<unknown> }[] = []

  on(what: string, undo: () => Promise<unknown>): void {
    this.#steps.push({ what, undo })
  }

  async all(log: Log): Promise<void> {
    for (const { what, undo } of this.#steps.toReversed()) {
      try {
        await undo()
      } catch (error) {
        log.warn('could not be stopped cleanly', { what, reason: String(error) })
      }
    }
  }
}

export const hourly = (undo: Undo, what: string, log: Log, work: () => Promise<unknown>): void =>
  every(undo, 3_600_000, { what, log, work })

/** Does something again and again until it is undone; what fails is told, and tried again the next time. */
export const every = (
  undo: Undo,
  ms: number,
  { what, log, work }: { readonly what: string; readonly log: Log; readonly work: () => Promise<unknown> },
): void => {
  const timer = setInterval(
    () =>
      void work().catch((error: unknown) =>
        log.warn('what is done again and again failed', { what, reason: String(error) }),
      ),
    ms,
  )
  undo.on(what, async () => clearInterval(timer))
}
