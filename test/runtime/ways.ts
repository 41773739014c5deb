import type { Peer, PeerOptions, Seen } from './scripted.ts'

/** A peer and how to get rid of it. */
export interface Running extends Peer {
  end(): Promise<void>
}

export interface Deflating {
  /** The answer to a client that can be asked for a window (`client_max_window_bits`), and to one that cannot. */
  readonly answers: readonly [asked: string, unasked: string]
  /** Log2 of the window that the runtime compresses with: a client that asks for a smaller one is served plain. */
  readonly serverBits: number
  /** Close code after what is not DEFLATE. */
  readonly rubbish: number
}

/** What a runtime does in its own way: stated here, so that a new version that changes its mind fails a test. */
export interface Ways {
  readonly start: (options: PeerOptions) => Promise<Running>
  /** The target the gateway gets for `/ocpp/a/../b`. */
  readonly dotted: string
  /** Status of an upgrade with `GET ws://host/ocpp/echo`. */
  readonly absoluteForm: 101 | 400
  /** Close codes after bad UTF-8, an unmasked frame (undefined = it is taken for good) and any other broken frame. */
  readonly badText: number | 'dropped'
  readonly unmasked: number | undefined
  readonly broken: number | 'dropped'
  /** What is negotiated of permessage-deflate; undefined = it is never taken up, every socket is plain. */
  readonly deflate: Deflating | undefined
  /** Close code after more than 64 fragments of one text; undefined = they are put together unseen, and its size is what bounds it. */
  readonly fragments: number | undefined
  /** First bytes of the answer to HTTP/2 without negotiation: HTTP/1.1 400, closed at once, or spoken. */
  readonly http2: 'refused' | 'spoken'
  /** Whether a ping of ours is on the wire. */
  readonly pings: boolean
  /** Whether we can end a connection without a close frame. */
  readonly terminates: boolean
  /** Whether a paused listener refuses connections, or answers them 503. */
  readonly paused: 'refused' | 503
  /** Whether a peer that does not finish its headers is cut. */
  readonly cutsSlowHeaders: boolean
}

/** Polls until what the peer has seen is as it should be; the last comparison is the test's own. */
export const seenWhen = async (peer: Peer, isSo: (seen: Seen) => boolean): Promise<Seen> => {
  const deadline = Date.now() + 5_000
  for (;;) {
    const seen = await peer.tell('seen')
    if (isSo(seen) || Date.now() > deadline) return seen
    await new Promise((go) => setTimeout(go, 20))
  }
}

/** Waits in real time: the other end is another process. */
export const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))
