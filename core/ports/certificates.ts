/** What a station's client certificate says of it, read by whoever ends its TLS (security profile 3). */
export interface ClientCertificate {
  readonly commonName: string
}

/** Reads the `Client-Cert` field of a trusted proxy (RFC 9440); undefined where it holds no certificate. */
export type CertificateOf = (header: string) => ClientCertificate | undefined
