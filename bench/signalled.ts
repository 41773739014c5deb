/** The first signal ends the run; one that comes much later ends the process, whatever is still to be settled. */
export const signalled = (): Promise<void> =>
  new Promise((go) => {
    let heardAt: number | undefined
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (heardAt !== undefined && performance.now() - heardAt > 2_000) process.exit(130)
        heardAt ??= performance.now()
        go()
      })
  })
