import { createHmac, hash } from 'node:crypto'
import type { Digest } from '../core/ports/digest.ts'

/** One-way functions on node:crypto, which all three runtimes bring. `pepper` is the installation's secret. */
export const createDigest = (pepper: Uint8Array): Digest => ({
  key(text) {
    const hex = hash('sha256', text, 'hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
  },
  seal: (salt, secret) => createHmac('sha256', pepper).update(salt).update(secret).digest(),
  hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
  pseudonym: (text) =>
    `~${createHmac('sha256', pepper).update('pseudonym').update(text.trim().toLowerCase()).digest('hex').slice(0, 10)}`,
})
