/** The versions we speak, by their WebSocket sub-protocol (IANA registry). Newest first: our preference is the client's. */
export const protocols = ['ocpp1.6'] as const
export type Protocol = (typeof protocols)[number]

export const isProtocol = (name: string): name is Protocol => (protocols as readonly string[]).includes(name)

/** The first offer of the client that we speak; its order is its preference (RFC 6455 §1.9). */
export const negotiate = (offered: string | undefined): Protocol | undefined =>
  offered
    ?.split(',')
    .map((name) => name.trim())
    .find(isProtocol)
