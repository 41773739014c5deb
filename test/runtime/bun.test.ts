import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listen } from '../../adapters/runtime/bun.ts'
import { socketContract } from '../contracts/sockets.ts'
import { startPeer } from './scripted.ts'

const mostUnaccepted = ((): number => {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'))
  } catch {
    return 0
  }
})()

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
    http2: 'refused',
    pings: true,
    terminates: true,
    paused: 'refused',
    cutsSlowHeaders: true,
  })

  it.skipIf(mostUnaccepted < 1_024)(
    'while it is busy, the kernel keeps more new connections for it than the 512 that Bun asks for',
    async () => {
      const peer = await startPeer(listen, {})
      const count = `let open = 0
        const { connect } = require('node:net')
        for (let i = 0; i < 900; i++) connect(${peer.url.port}, '127.0.0.1', () => open++).on('error', () => {})
        setTimeout(() => (console.log(open), process.exit()), 800)`
      // as long as the child runs, nothing else runs here: nobody is accepted
      const { stdout } = spawnSync(process.execPath, ['-e', count], { encoding: 'utf8' })
      expect(Number(stdout)).toBe(900)
      await peer.tell('stop')
    },
  )
})
