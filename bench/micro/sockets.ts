import { listenHere } from '../../adapters/runtime/index.ts'
import type { Connection, Gateway, Link, Listener, Seat } from '../../core/ports/gateway.ts'

interface Echoing extends Link {
  readonly connection: Connection
}

/** Lets everybody in, and says again what it hears: nothing but what our sockets themselves take. */
const gateway: Gateway = {
  admit: async (request) => {
    const protocol = request.header('sec-websocket-protocol') ?? ''
    return { admitted: true, protocol, compress: true, seat: { identity: '' } }
  },
  opened: ({ identity }: Seat, connection): Echoing => ({ identity, connection }),
  heard: (link, text) => void (link as Echoing).connection.send(text),
  heardBinary: () => {},
  ponged: () => {},
  pinged: () => {},
  abandoned: () => {},
  closed: () => {},
}

/** The sockets of the runtime we are on, and nothing behind them. */
export const listenBare = async (port: number): Promise<Listener> => {
  const listen = await listenHere()
  return listen(gateway, {
    hostname: '127.0.0.1',
    port,
    reusePort: false,
    maxMessageBytes: 65_536,
    http: () => new Response('ready'),
  })
}
