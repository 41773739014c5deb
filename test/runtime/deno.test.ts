import { describe } from 'vitest'
import { socketContract } from '../contracts/sockets.ts'
import { missing, programOf, startChild } from './child.ts'

const deno = programOf('deno')

describe.skipIf(deno === undefined)(
  `sockets on Deno${deno === undefined ? ` (skipped: ${missing('deno')})` : ''}`,
  () => {
    socketContract({
      start: (options) => startChild([deno ?? '', 'run', '--allow-all', '--unstable-net', '--no-check'], options),
      dotted: '/ocpp/a/../b',
      absoluteForm: 101,
      badText: 'dropped',
      unmasked: undefined,
      broken: 'dropped',
      deflate: undefined,
      fragments: undefined,
      http2: 'spoken',
      pings: false,
      terminates: false,
      paused: 503,
      cutsSlowHeaders: false,
    })
  },
)
