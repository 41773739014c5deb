import type { Digest } from '../../../core/ports/digest.ts'
import type { Secrets } from '../../../core/ports/secrets.ts'
import type { OcpiParts } from './parts.ts'
import { baseOf } from './parts.ts'

/** Where results of our commands are posted to: each at an address of its own that nobody can guess or read with us. */

const salt = new TextEncoder().encode('address of a result')

export const hashOfAddress =
  (digest: Digest) =>
  (address: string): string =>
    Buffer.from(digest.seal(salt, new TextEncoder().encode(address))).toString('hex')

export const newAddress =
  ({ secrets, digest }: { readonly secrets: Secrets; readonly digest: Digest }) =>
  (): { readonly address: string; readonly hash: string } => {
    const address = Buffer.from(secrets.bytes(32)).toString('base64url')
    return { address, hash: hashOfAddress(digest)(address) }
  }

export const urlOfResult =
  (parts: Pick<OcpiParts, 'publicUrl'>) =>
  ({
    tenant,
    version,
    path,
  }: {
    readonly tenant: string
    readonly version: string
    readonly path: readonly string[]
  }): string =>
    `${baseOf(parts, tenant)}/${version}/sender/commands/${path.join('/')}`
