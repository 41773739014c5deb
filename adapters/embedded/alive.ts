import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process, so that it is not mistaken for a later one with the same number. */
export interface Owner {
  readonly pid: number
  /** Boot and start time as the kernel tells them; empty where the system does not tell. */
  readonly started: string
}

const linux = (pid: number): { readonly state: string; readonly started: string } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the command's name is in brackets and may hold anything, so fields are counted after the last bracket
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { state: fields[0] ?? '', started: `${boot} ${fields[19] ?? ''}` }
  } catch {
    return undefined
  }
}

const ps = (pid: number, column: string): string => {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

const startOf = (pid: number): string =>
  process.platform === 'linux' ? (linux(pid)?.started ?? '') : ps(pid, 'lstart')

/** This process, as others will know it again. */
export const thisProcess = (): Owner => ({ pid: process.pid, started: startOf(process.pid) })

/** Whether something runs under this number. What is dead and only not yet buried (a zombie) does not. */
export const runs = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return process.platform !== 'linux' || linux(pid)?.state !== 'Z'
}

/** Whether this very process still runs. Where the system tells no start times, the number must do. */
export const lives = ({ pid, started }: Owner): boolean => {
  if (!runs(pid)) return false
  const now = startOf(pid)
  return now === '' || started === '' || now === started
}

/** The command line of a process; empty when it cannot be seen. */
export const commandOf = (pid: number): string => {
  if (process.platform !== 'linux') return ps(pid, 'command')
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** Waits until a process is gone, at most so many ms; answers whether it is. */
export const gone = async (pid: number, ms: number): Promise<boolean> => {
  for (const until = performance.now() + ms; performance.now() < until;) {
    if (!runs(pid)) return true
    await new Promise((go) => setTimeout(go, 10))
  }
  return !runs(pid)
}
