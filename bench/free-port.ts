import { createServer } from 'node:net'

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/**
 * The first of so many ports in a row that nobody listens on, below those that the kernel gives to outgoing connections: a
 * worker's port of operations was once taken by a client of another test.
 */
export const freePorts = async (count: number): Promise<number> => {
  for (;;) {
    const first = 15_000 + Math.trunc(Math.random() * 15_000)
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)))
    if (free.every(Boolean)) return first
  }
}
