import { afterAll, beforeAll, describe } from 'vitest'
import { deflateTests } from '../runtime/deflate.ts'
import { frameTests } from '../runtime/frames.ts'
import { handshakeTests } from '../runtime/handshake.ts'
import { endTests, httpTests, lifeTests } from '../runtime/life.ts'
import type { Running, Ways } from '../runtime/ways.ts'

/** The port `gateway`: what every runtime's sockets keep, seen from the other end of the wire. */
export const socketContract = (ways: Ways): void => {
  let peer: Running
  beforeAll(async () => {
    peer = await ways.start({})
  })
  afterAll(() => peer.end())

  describe('opening handshake', () => handshakeTests(() => peer, ways))
  describe('frames', () => frameTests(() => peer, ways))
  describe('permessage-deflate', () => deflateTests(() => peer, ways))
  describe('everything else over HTTP', () => httpTests(() => peer))
  describe('life of the listener', () => lifeTests(ways))
  describe('end of a socket', () => endTests(ways))
}
