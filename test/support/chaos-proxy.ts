import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net'

/**
 * A TCP relay that misbehaves on demand, for what a kernel without netem cannot do: half-open connections, resets,
 * delay. What it does to a pair it does to both directions.
 */
export interface ChaosProxy {
  readonly port: number
  /** Pairs that are open. */
  size(): number
  /** A share of the pairs says nothing any more, in either direction, and closes nothing. For good: nobody knows. */
  stall(share: number): number
  /** A share of the pairs is reset. */
  cut(share: number): number
  /** Every byte arrives this much later from now on; 0 = at once. */
  delay(ms: number): void
  stop(): Promise<void>
}

interface Pair {
  readonly station: Socket
  readonly server: Socket
}

/** `target`: a port on loopback, the path of a Unix socket, or where each connection should go. */
export const startChaosProxy = async (
  target: number | string | (() => NetConnectOpts),
  pick: () => number = Math.random,
  address = '127.0.0.1',
): Promise<ChaosProxy> => {
  const pairs = new Set<Pair>()
  const stalled = new Set<Pair>()
  let lateMs = 0

  const relay = (from: Socket, to: Socket, pair: Pair): void => {
    from.on('data', (bytes) => {
      if (stalled.has(pair)) return
      if (lateMs === 0) return void to.write(bytes)
      setTimeout(() => to.write(bytes), lateMs)
    })
    from.on('error', () => {})
    from.on('close', () => {
      pairs.delete(pair)
      // the other side of a stalled pair must not learn of it
      if (!stalled.has(pair)) to.destroy()
    })
  }
  const listener = createServer((station) => {
    const server = connect(placeOf(target))
    const pair = { station, server }
    pairs.add(pair)
    relay(station, server, pair)
    relay(server, station, pair)
  })
  await new Promise<void>((go) => listener.listen(0, address, go))
  const listening = listener.address()
  const some = (share: number): readonly Pair[] => [...pairs].filter((pair) => !stalled.has(pair) && pick() < share)

  return {
    port: typeof listening === 'object' && listening !== null ? listening.port : 0,
    size: () => pairs.size,
    stall(share) {
      const chosen = some(share)
      for (const pair of chosen) stalled.add(pair)
      return chosen.length
    },
    cut(share) {
      const chosen = some(share)
      for (const { station, server } of chosen) {
        station.resetAndDestroy()
        server.resetAndDestroy()
      }
      return chosen.length
    },
    delay: (ms) => void (lateMs = ms),
    stop: () =>
      new Promise((go) => {
        listener.close(() => go())
        for (const { station, server } of [...pairs, ...stalled]) {
          station.destroy()
          server.destroy()
        }
      }),
  }
}

const placeOf = (target: number | string | (() => NetConnectOpts)): NetConnectOpts => {
  if (typeof target === 'function') return target()
  return typeof target === 'string' ? { path: target } : { port: target, host: '127.0.0.1' }
}
