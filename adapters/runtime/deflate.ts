/**
 * permessage-deflate (RFC 7692): OCPP 2.x asks it of every CSMS (part 4 §3.3), and by default it takes ten times the
 * memory of a socket. So no message is compressed with what the one before it has left (no context takeover), and a
 * short one not at all.
 */

/** Bytes of a text from which on we compress it: a shorter one hardly shrinks. */
export const compressFrom = 1_024

export const extensions = 'sec-websocket-extensions'

/** What a client offers and we can keep. */
export interface Offer {
  /** As in the header, it alone. */
  readonly text: string
  /** Log2 of the window that the client can be asked to keep to; undefined where it leaves that to itself. */
  readonly clientBits: number | undefined
}

/** Log2 of the largest window of DEFLATE. */
const mostBits = 15

/**
 * The first offer in a Sec-WebSocket-Extensions header that can be taken up with a window of 2^`serverBits` of ours
 * (§7.1). An offer that says what we do not understand is declined, as is every other extension: what is left when none
 * can be taken is a plain socket, for some libraries refuse the client instead.
 */
export const takenOffer = (header: string | null | undefined, serverBits: number): Offer | undefined => {
  for (const text of (header ?? '').split(',')) {
    const offer = read(text.trim(), serverBits)
    if (offer !== undefined) return offer
  }
  return undefined
}

const aParameter = /^([a-z_]+)(?:\s*=\s*(?:(\d+)|"(\d+)"))?$/

const read = (text: string, serverBits: number): Offer | undefined => {
  const [name, ...written] = text.split(';').map((part) => part.trim())
  if (name !== 'permessage-deflate') return undefined
  const parameters = new Map<string, number | undefined>()
  for (const one of written) {
    const [, parameter = '', bare, quoted] = aParameter.exec(one) ?? []
    const value = bare ?? quoted
    if (parameters.has(parameter) || !isKnown(parameter, value)) return undefined
    parameters.set(parameter, value === undefined ? undefined : Number(value))
  }
  if ((parameters.get('server_max_window_bits') ?? mostBits) < serverBits) return undefined
  const clientBits = parameters.has('client_max_window_bits')
    ? (parameters.get('client_max_window_bits') ?? mostBits)
    : undefined
  return { text, clientBits }
}

const isKnown = (parameter: string, value: string | undefined): boolean => {
  if (parameter === 'server_no_context_takeover' || parameter === 'client_no_context_takeover')
    return value === undefined
  if (parameter === 'client_max_window_bits' && value === undefined) return true
  return /^(?:client|server)_max_window_bits$/.test(parameter) && /^(?:[89]|1[0-5])$/.test(value ?? '')
}
