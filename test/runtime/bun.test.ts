import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listen } from '../../adapters/runtime/bun.ts'
import { socketContract } from '../contracts/sockets.ts'
import { startPeer } from './scripted.ts'

/** How many a listening socket may keep, as the kernel tells; undefined where there is no `ss` to ask it. */
const backlogOf = (port: number): number | undefined => {
  const { stdout, error } = spawnSync('ss', ['-ltnH', `sport = :${port}`], { encoding: 'utf8' })
  return error === undefined ? Number(stdout.trim().split(/\s+/)[2] ?? 0) : undefined
}

describe('sockets on Bun, in this process', () => {
  socketContract({
    start: async (options) => {
      const peer = await startPeer(listen, options)
      return { ...peer, end: async () => void (await peer.tell('stop')) }
    },
    dotted: '/ocpp/b',
    absoluteForm: 400,
    badText: 1007,
    unmasked: 1002,
    broken: 1002,
    deflate: {
      answers: [
        'permessage-deflate; client_no_context_takeover; server_no_context_takeover',
        'permessage-deflate; client_no_context_takeover; server_no_context_takeover',
      ],
      serverBits: 15,
      rubbish: 1007,
    },
    fragments: undefined,
    http2: 'refused',
    pings: true,
    terminates: true,
    paused: 'refused',
    cutsSlowHeaders: true,
  })

  it.skipIf(backlogOf(1) === undefined)(
    'has room for as many connections that are not accepted yet as the host allows, and not for the 512 of Bun alone',
    async () => {
      const peer = await startPeer(listen, {})
      const room = backlogOf(Number(peer.url.port))
      await peer.tell('stop')
      expect(room).toBe(Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8')))
    },
  )
})
