import { describe } from 'vitest'
import { socketContract } from '../contracts/sockets.ts'
import { missing, programOf, startChild } from './child.ts'

const node = programOf('node')

describe.skipIf(node === undefined)(
  `sockets on Node${node === undefined ? ` (skipped: ${missing('node')})` : ''}`,
  () => {
    socketContract({
      start: (options) => startChild([node ?? ''], options),
      dotted: '/ocpp/a/../b',
      absoluteForm: 101,
      badText: 1007,
      unmasked: 1002,
      broken: 1002,
      deflate: {
        answers: [
          'permessage-deflate; client_max_window_bits=10; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10',
          'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10',
        ],
        serverBits: 10,
        rubbish: 1007,
      },
      fragments: 1008,
      http2: 'refused',
      pings: true,
      terminates: true,
      paused: 'refused',
      cutsSlowHeaders: true,
    })
  },
)
