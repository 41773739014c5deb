import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const ticksPerS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** CPU seconds a process has used so far, user and system, all of its threads. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS
}

/** Pins a process and what it has begun to one core; without `taskset` it stays where it is. */
export const pin = (pid: number, core: number): void =>
  void spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })

/** Everything that a process has begun, however deep. */
export const descendantsOf = (pid: number): readonly number[] => {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
  const children = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
