/** One-way functions. Pure, but every runtime brings its own fast implementation. */
export interface Digest {
  /** The first 128 bits of SHA-256 over the text's UTF-8 bytes, written as a UUID: a key by content. */
  key(text: string): string
  /** HMAC-SHA-256 with the installation's pepper over `salt` and `secret`; 32 bytes. */
  seal(salt: Uint8Array, secret: Uint8Array): Uint8Array
  /** HMAC-SHA-256 over `data` with a key that others have too; 32 bytes. */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array
  /** A short keyed pseudonym: equal inputs stay equal, nothing can be read back. For logs and traces. */
  pseudonym(text: string): string
}
