import type { Listener } from '../core/ports/gateway.ts'

interface DoorParts {
  /** Listens on the port; on a later call once more, on the same one. */
  readonly listen: (port: number) => Promise<Listener>
  readonly port: number
  /** Whether others listen on the same port: then whoever is full need not answer at all. */
  readonly mayClose: boolean
  readonly isFull: () => boolean
  /** Whether it pays to open again: not for every socket that goes. */
  readonly hasRoom: () => boolean
  readonly failed: (error: unknown) => void
}

const everyMs = 200

/** A door that a full worker closes, so that the kernel gives new sockets to its siblings, and opens again later (D-19). */
export const openDoor = async ({ listen, port, mayClose, isFull, hasRoom, failed }: DoorParts): Promise<Listener> => {
  const first = await listen(port)
  const { url } = first
  const opened = [first]
  let open: Listener | undefined = first
  let isPaused = false
  const look = async (): Promise<void> => {
    if (isFull() && open !== undefined) {
      const full = open
      open = undefined
      await full.pause()
    } else if (hasRoom() && open === undefined) {
      // the URL of a scheme's own port does not name it
      const again = await listen(port === 0 ? Number(url.port) : port)
      opened.push(again)
      open = again
    }
  }
  let looking: Promise<void> | undefined
  const timer = setInterval(() => {
    if (!mayClose || isPaused) return
    looking ??= look()
      .catch(failed)
      .finally(() => (looking = undefined))
  }, everyMs)
  const pause = async (): Promise<void> => {
    isPaused = true
    clearInterval(timer)
    await looking
    await open?.pause()
    open = undefined
  }
  return {
    url,
    pause,
    async stop() {
      await pause()
      await Promise.all(opened.map((listener) => listener.stop()))
    },
  }
}
