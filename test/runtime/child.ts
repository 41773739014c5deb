import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Peer, PeerOptions, Seen } from './scripted.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * The program of a runtime: from the environment, else installed beside the project by
 * `npm install --prefix .runtimes --no-save deno@2.9.5 node@24.21.0`. A wrapper script does not count: it would
 * swallow signals and outlive us.
 */
export const programOf = (runtime: 'deno' | 'node'): string | undefined =>
  [process.env[runtime === 'deno' ? 'SM_DENO' : 'SM_NODE24'], `${root}.runtimes/node_modules/.bin/${runtime}`].find(
    (path) => path !== undefined && existsSync(path) && readFileSync(path).subarray(0, 2).toString() !== '#!',
  )

/** Why a suite is skipped: it stands in the name of the skipped suite. */
export const missing = (runtime: 'deno' | 'node'): string =>
  `no ${runtime} in ${runtime === 'deno' ? 'SM_DENO' : 'SM_NODE24'} or .runtimes`

/** A peer in a process of its own. */
interface Child extends Peer {
  end(): Promise<void>
}

/** Starts the peer program on another runtime; `command` is the runtime with its own arguments. */
export const startChild = async (command: readonly string[], options: PeerOptions): Promise<Child> => {
  const [program = '', ...args] = command
  const child = spawn(program, [...args, `${root}test/runtime/peer.ts`, JSON.stringify(options)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const gone = new Promise<void>((go) => child.once('exit', () => go()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { done, value } = await lines.next()
    if (done) throw new Error(`${program} ended early`)
    return value
  }
  return {
    url: new URL(await next()),
    async tell(command) {
      child.stdin.write(`${command}\n`)
      return JSON.parse(await next()) as Seen
    },
    async end() {
      child.stdin.end()
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000)
      await gone
      clearTimeout(late)
    },
  }
}
