import type { OcpiVersion, Quirks } from '../../../core/domain/roaming-partner.ts'
import type { Digest } from '../../../core/ports/digest.ts'
import type { Secrets } from '../../../core/ports/secrets.ts'

/** Credentials tokens on the wire: `Authorization: Token …` (OCPI 2.3.0 transport, "Authorization header"). */

/** 1 to 64 printable characters of ASCII without a space. */
export const isToken = (text: string): boolean => /^[\u0021-\u007e]{1,64}$/.test(text)

/** 256 bits that nobody can foresee (S-25). */
export const newToken = (secrets: Secrets): string => Buffer.from(secrets.bytes(32)).toString('base64url')

/** Whether it may be one of ours: all others need not be looked for. */
export const isOurs = (token: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(token)

const salt = new TextEncoder().encode('token of a roaming partner')

/** By what a token of ours is found again; keyed, so that what is stored gives nothing away, nor how long it took to find. */
export const hashOf = (digest: Digest, token: string): string =>
  Buffer.from(digest.seal(salt, new TextEncoder().encode(token))).toString('hex')

/** One reading of a header. */
export interface Shown {
  readonly token: string
  readonly form: 'raw' | 'base64'
}

/**
 * What a header may mean: its text as it stands, and what that is the base64 of. The base64 of the specification's own
 * examples ends in a line break, and some peers encode theirs the same way.
 */
export const tokensIn = (header: string | null): readonly Shown[] => {
  const [, text] = /^token +(\S{1,256})\s*$/i.exec(header ?? '') ?? []
  if (text === undefined) return []
  const shown: Shown[] = [{ token: text, form: 'raw' }]
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    shown.push({
      token: Buffer.from(text, 'base64')
        .toString('utf8')
        .replace(/[\r\n]+$/, ''),
      form: 'base64',
    })
  return shown.filter(({ token }) => isToken(token))
}

/** In 2.1.1 a token is written as it is. */
export const headerOf = (token: string, { tokenOut }: Pick<Quirks, 'tokenOut'>, version?: OcpiVersion): string =>
  `Token ${tokenOut === 'raw' || version === '2.1.1' ? token : Buffer.from(token, 'utf8').toString('base64')}`
