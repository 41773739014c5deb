interface Seen {
  readonly worker: number
  readonly pid: number
  readonly sockets?: number
}

const everyMs = 500

/** Says how the charge points are spread over the workers, whenever that has changed and then stands still for a moment. */
export const watchWorkers = (opsUrl: URL, write: (line: string) => void): { stop(): void } => {
  let said = ''
  let before = ''
  const look = async (): Promise<void> => {
    const answer = await fetch(new URL('/workers', opsUrl))
    const { workers } = (await answer.json()) as { readonly workers: readonly Seen[] }
    const now = workers
      .map(({ worker, pid, sockets }) => `${worker}: ${sockets === undefined ? 'starting' : `${sockets} (pid ${pid})`}`)
      .join('   ')
    if (now === before && now !== said) write(`charge points on worker   ${(said = now)}`)
    before = now
  }
  const timer = setInterval(() => void look().catch(() => {}), everyMs)
  return { stop: () => clearInterval(timer) }
}
