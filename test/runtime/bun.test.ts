import { describe } from 'vitest'
import { listen } from '../../adapters/runtime/bun.ts'
import { socketContract } from '../contracts/sockets.ts'
import { startPeer } from './scripted.ts'

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
})
