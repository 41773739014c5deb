/** As much of DER (X.690) as it takes to find the parts of a certificate that OCPP has hashed, byte for byte as they are. */

interface Element {
  /** Of the whole element, tag and length included. */
  readonly bytes: Uint8Array
  readonly content: Uint8Array
}

const elementAt = (bytes: Uint8Array, at: number): Element => {
  const first = bytes[at + 1] ?? 0
  const sizes = first < 0x80 ? 0 : first & 0x7f
  const length = sizes === 0 ? first : bytes.subarray(at + 2, at + 2 + sizes).reduce((sum, byte) => sum * 256 + byte, 0)
  const start = at + 2 + sizes
  return { bytes: bytes.subarray(at, start + length), content: bytes.subarray(start, start + length) }
}

const elements = (bytes: Uint8Array): readonly Element[] => {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; at += found.at(-1)?.bytes.length ?? bytes.length) found.push(elementAt(bytes, at))
  return found
}

const none: Element = { bytes: new Uint8Array(), content: new Uint8Array() }
const hasVersion = 0xa0

/** The issuer's name and the public key of an X.509 certificate (RFC 5280 §4.1); the key is the bit string without its head. */
export const certificateParts = (der: Uint8Array): { readonly issuer: Uint8Array; readonly key: Uint8Array } => {
  const [body = none] = elements(elementAt(der, 0).content)
  const fields = elements(body.content)
  const [, , issuer = none, , , keyInfo = none] = fields[0]?.bytes[0] === hasVersion ? fields.slice(1) : fields
  const [, key = none] = elements(keyInfo.content)
  return { issuer: issuer.bytes, key: key.content.subarray(1) }
}
