/**
 * What a runtime's sockets and the gateway say to each other. A runtime knows HTTP upgrades and WebSocket frames;
 * it knows nothing of OCPP. The gateway decides who may connect and what a frame means.
 */

/** An HTTP request that wants to become a charge point's socket (RFC 6455 opening handshake). */
export interface UpgradeRequest {
  /** The request target as it came, still percent-encoded, query included: `/ocpp/CP%201?x=y`. */
  readonly target: string
  readonly method: string
  header(name: string): string | undefined
  /** The peer's address as the socket reports it; forwarded addresses are the gateway's business. */
  readonly peer: string
  readonly secure: boolean
}

/** Without a `protocol` the handshake names none. */
export type Admission =
  | {
      readonly admitted: true
      readonly protocol?: string
      /** Its client may have permessage-deflate (RFC 7692) where it offers it; absent = it may not. */
      readonly compress?: boolean
      readonly seat: Seat
    }
  | {
      readonly admitted: false
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly reason: string
    }

/** What the gateway remembers between admitting an upgrade and hearing that the socket is open. Opaque to runtimes. */
export interface Seat {
  readonly identity: string
}

/** An open socket, as the gateway remembers it. Opaque to runtimes. */
export interface Link {
  readonly identity: string
}

/** The four things the gateway does to an open socket. None of them throws, also not on a socket that is gone. */
export interface Connection {
  /** Sends one text frame. Answers the bytes that wait in user space behind it (0 = all handed to the kernel). */
  send(text: string): number
  ping(): void
  /** Sends a close frame. Code as in RFC 6455 §7.4; reason at most 123 bytes of UTF-8. */
  close(code: number, reason: string): void
  /** Drops the connection without a close frame. */
  terminate(): void
}

export interface Gateway {
  admit(request: UpgradeRequest): Promise<Admission>
  opened(seat: Seat, connection: Connection): Link
  /** An admitted seat whose upgrade failed: nothing will be heard of it again. */
  abandoned(seat: Seat): void
  heard(link: Link, text: string): void
  /** A binary message: OCPP-J has none, the socket is closed with 1003. */
  heardBinary(link: Link): void
  ponged(link: Link): void
  /** The other side sent a ping; the runtime has answered it. Not every runtime tells (Deno does not). */
  pinged(link: Link): void
  closed(link: Link, code: number): void
}

export interface ListenOptions {
  readonly hostname: string
  /** 0 = any free port; read it back from `Listener.url`. */
  readonly port: number
  /** PEM texts; absent = plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Several processes share the port (SO_REUSEPORT). */
  readonly reusePort: boolean
  /** Longest text message in bytes, inflated where it came compressed; a longer one closes the socket with 1009. */
  readonly maxMessageBytes: number
  /** Everything that is not under `/ocpp/`. */
  readonly http: (request: Request, peer: string) => Response | Promise<Response>
}

export interface Listener {
  readonly url: URL
  /** Stops accepting; open sockets stay. */
  pause(): Promise<void>
  /** Stops accepting and drops every open socket. */
  stop(): Promise<void>
}

/** Opens the door on one runtime. Implementations: adapters/runtime/{bun,deno,node}.ts, twins. */
export type Listen = (gateway: Gateway, options: ListenOptions) => Promise<Listener>
