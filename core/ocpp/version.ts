/** The versions we speak, by their WebSocket sub-protocol (IANA registry). Newest first: our preference is the client's. */
export const protocols = ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'] as const
export type Protocol = (typeof protocols)[number]

export const isProtocol = (name: string): name is Protocol => (protocols as readonly string[]).includes(name)

/** 2.0.1 and 2.1 are one family: 2.1 has dropped no message of 2.0.1. */
export type Protocol2 = Exclude<Protocol, 'ocpp1.6'>

export const isTwo = (protocol: Protocol): protocol is Protocol2 => protocol !== 'ocpp1.6'

/** A version as people write it: `2.0.1`. */
export const versionOf = (protocol: Protocol): string => protocol.slice('ocpp'.length)

/** The first offer of the client that we speak; its order is its preference (RFC 6455 §1.9). */
export const negotiate = (offered: string | undefined): Protocol | undefined =>
  offered
    ?.split(',')
    .map((name) => name.trim())
    .find(isProtocol)
