import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { findRedis, NoRedis } from './connect.ts'

export interface LocalRedis {
  readonly url: string
  stop(): void
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const startMs = 5_000

/** In a process group of its own, so that Ctrl-C does not take it from the workers that still need it; not without us, though. */
const guard = `redis-server "$@" & redis=$!
trap 'kill $redis' TERM
while kill -0 ${process.pid} 2>/dev/null && kill -0 $redis 2>/dev/null; do sleep 1; done
kill $redis 2>/dev/null`

/** A Redis of our own, from the PATH, on loopback and without files: it holds nothing that must last (D-1). */
export const startLocalRedis = async (): Promise<LocalRedis> => {
  const port = await freePort()
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('/bin/sh', ['-c', guard, 'redis', ...options], { stdio: 'ignore', detached: true })
  const stop = (): void => void (child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'))
  let ended = false
  child.once('exit', () => (ended = true))
  const url = `redis://127.0.0.1:${port}`
  for (const end = performance.now() + startMs; !ended && performance.now() < end;) {
    const found = await findRedis([url]).catch(() => undefined)
    if (found !== undefined) return { url, stop }
    await new Promise((go) => setTimeout(go, 50))
  }
  if (!ended) stop()
  throw new NoRedis('no redis-server can be started: install one (apt-get install redis-server), or set REDIS_URL')
}
