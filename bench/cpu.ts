import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

const fieldsOf = (pid: number): readonly string[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** CPU seconds a process has used so far, user and system, all of its threads; 0 when it is gone. */
export const cpuSeconds = (pid: number): number => {
  const fields = fieldsOf(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerS
}

/** The same with that of its children that have ended. */
export const cpuSecondsWithEnded = (pid: number): number => {
  const fields = fieldsOf(pid)
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / ticksPerS
}

/** Memory of a process in bytes, what it shares counted in parts (PSS); 0 when it is gone. */
export const memoryBytes = (pid: number): number => {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Resident memory in bytes, without a walk through its pages; 0 when it is gone. */
export const residentBytes = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * 4_096
  } catch {
    return 0
  }
}

/** What the kernel holds for itself, in bytes: sockets among it, those of both ends. */
export const kernelBytes = (): number =>
  Number(/^Slab:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024

/** Descriptors that one process may have. */
export const descriptors = (): number => Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }))

/** Pins a process and what it has begun to one core; without `taskset` it stays where it is. */
export const pin = (pid: number, core: number): void =>
  void spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })

/** Everything that a process has begun, however deep. */
export const descendantsOf = (pid: number): readonly number[] => {
  const childrenOf = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(fieldsOf(Number(name))[1] ?? 0)
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)])
  }
  const below = (of: number): readonly number[] =>
    (childrenOf.get(of) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid)
}

export const isProgram = (pid: number, name: RegExp): boolean => {
  try {
    return name.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
