import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runtimeCommand, type RuntimeName } from './process.ts'

interface OwnerMessage {
  readonly pid?: number
  readonly host?: string
  readonly firstStart?: boolean
  readonly refused?: string
}

export interface OwnerProcess {
  readonly child: ChildProcess
  /** What it said when it was up, or refused. */
  readonly message: OwnerMessage
  end(signal: NodeJS.Signals): Promise<void>
}

/** Starts `embedded-owner.ts` on a data directory; resolves when it is up or has been refused. */
export const startOwner = async (data: string, runtime: RuntimeName = 'bun'): Promise<OwnerProcess> => {
  const [program = '', ...args] = runtimeCommand(runtime) ?? []
  const child = spawn(program, [...args, join(import.meta.dirname, 'embedded-owner.ts'), data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  const message = await new Promise<OwnerMessage>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const heard = JSON.parse(line) as OwnerMessage
      if (heard.pid !== undefined || heard.refused !== undefined) resolve(heard)
    })
    void ended.then(() => reject(new Error('the owner ended without a word')))
  })
  return {
    child,
    message,
    async end(signal) {
      child.kill(signal)
      await ended
    },
  }
}
