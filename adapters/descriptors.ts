import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Besides one descriptor a charge point: connections to the database, files, HTTP clients, and some to spare. */
const besides = 1_500

/** How many descriptors this process may open; `Infinity` where there is no limit. */
export const descriptorLimit = (): number => {
  const told = existsSync('/proc/self/limits')
    ? /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    : execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
  return told === undefined || told === 'unlimited' ? Number.POSITIVE_INFINITY : Number(told)
}

/** How many charge points a process holds at most under this limit. */
export const socketsWithin = (limit: number): number => Math.max(limit - besides, Math.floor(limit / 2))
