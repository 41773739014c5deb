/**
 * Work of which one turn does for all that wait: whoever comes while a turn goes on shares the next one, which sees
 * everything that was there when they came.
 */
export const inTurns = <Result>(work: (of: string) => Promise<Result>): ((of: string) => Promise<Result>) => {
  const running = new Map<string, Promise<Result>>()
  const next = new Map<string, Promise<Result>>()
  const begin = (of: string): Promise<Result> => {
    const turn = work(of).finally(() => {
      if (running.get(of) === turn) running.delete(of)
    })
    running.set(of, turn)
    return turn
  }
  return (of) => {
    const busy = running.get(of)
    if (busy === undefined) return begin(of)
    const shared =
      next.get(of) ??
      busy
        .catch(() => {})
        .then(() => {
          next.delete(of)
          return begin(of)
        })
    next.set(of, shared)
    return shared
  }
}
