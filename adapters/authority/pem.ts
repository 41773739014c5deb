/** Texts around DER (RFC 7468). */

export type Label = 'CERTIFICATE' | 'CERTIFICATE REQUEST' | 'PRIVATE KEY'

/** The contents of all blocks with this label; `NEW CERTIFICATE REQUEST`, as older tools write it, is a request too. */
export const blocksOf = (text: string, label: Label): readonly Uint8Array<ArrayBuffer>[] => {
  const name = label === 'CERTIFICATE REQUEST' ? `(?:NEW )?${label}` : label
  const block = new RegExp(`-----BEGIN ${name}-----([A-Za-z0-9+/=\\s]+)-----END ${name}-----`, 'g')
  return [...text.matchAll(block)].map(([, body = '']) => Uint8Array.from(Buffer.from(body, 'base64')))
}

export const pemOf = (der: Uint8Array, label: Label): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
