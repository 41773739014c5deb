import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

interface FleetParts {
  /** Where API and charge points are, `http://127.0.0.1:8080`. */
  readonly web: string
  readonly key: string
  readonly complain: (line: string) => void
}

/** The simulated fleet as a process of its own: it knows the server over the wire only. */
export const startFleet = ({ web, key, complain }: FleetParts): ChildProcess => {
  const fleet = join(import.meta.dirname, '..', 'bench', 'fleet.ts')
  const ocpp = `${web.replace(/^http/, 'ws')}/ocpp`
  const options = ['--url', ocpp, '--api', web, '--chargers', '20', '--backlog', '3', '--seed', '1']
  const child = spawn(process.execPath, [fleet, ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SM_API_KEY: key },
  })
  child.on('exit', (code) => {
    if (code !== null && code !== 0) complain(`the fleet ended with code ${code}`)
  })
  return child
}

export const stopFleet = async (fleet: ChildProcess | undefined): Promise<void> => {
  if (fleet === undefined || fleet.exitCode !== null || fleet.signalCode !== null) return
  const ended = new Promise<void>((resolve) => void fleet.once('exit', () => resolve()))
  fleet.kill('SIGTERM')
  const late = setTimeout(() => fleet.kill('SIGKILL'), 2_000)
  await ended
  clearTimeout(late)
}
