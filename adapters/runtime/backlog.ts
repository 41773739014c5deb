import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'

/**
 * Bun gives a listening socket room for 512 connections that are not accepted yet, and has no option for it. When
 * thousands of stations come back at once the kernel drops the rest without a word, and their next try is a second, then
 * three, then seven away. A second `listen` on the same socket makes the room what the host allows (net.core.somaxconn).
 * Linux only; elsewhere, and where it cannot be done, nothing changes.
 */
export const widenBacklog = async (port: number): Promise<void> => {
  if (process.platform !== 'linux') return
  try {
    const { dlopen } = await import('bun:ffi')
    const libc = dlopen('libc.so.6', { listen: { args: ['i32', 'i32'], returns: 'i32' } })
    for (const descriptor of listening(port)) libc.symbols.listen(descriptor, most)
    libc.close()
  } catch {
    // another libc, or no /proc
  }
}

/** The kernel takes no more than net.core.somaxconn of it. */
const most = 65_535
const stateListen = '0A'
const headBytes = 256 * 1024

/** Sockets that listen come first in these files, and on a busy host the rest is many megabytes. */
const headOf = (file: string): string => {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const head = Buffer.alloc(headBytes)
      return head.toString('latin1', 0, readSync(descriptor, head))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // a host without IPv6 has no file of it
    return ''
  }
}

/** Descriptors of this process that listen on a port. */
const listening = (port: number): readonly number[] => {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const sockets = new Set(
    ['tcp', 'tcp6'].flatMap((file) =>
      headOf(`/proc/self/net/${file}`)
        .split('\n')
        .filter((line) => line.includes(wanted))
        .map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => local?.endsWith(wanted) === true && state === stateListen)
        .map((fields) => `socket:[${fields[9]}]`),
    ),
  )
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return sockets.has(readlinkSync(`/proc/self/fd/${descriptor}`)) ? [Number(descriptor)] : []
    } catch {
      return []
    }
  })
}
