import type { ApiParts, Caller } from './parts.ts'

const lifeMs = 12 * 3_600_000
const text = new TextEncoder()
const salt = text.encode('console session')

interface ConsoleSession extends Caller {
  readonly csrf: string
}

export interface ConsoleSessions {
  /** A cookie value that is worth as much as the key it was traded for. */
  issue(caller: Caller): { readonly cookie: string; readonly csrf: string; readonly maxAgeS: number }
  read(cookie: string): ConsoleSession | undefined
  /** A token that is traded for a session once; in this process only, for the demo's link. */
  once(caller: Caller): string
  redeem(token: string): Caller | undefined
}

const links = new Map<string, { readonly caller: Caller; readonly until: number }>()

/** Sessions live in their signed cookie: EventSource cannot send a Bearer, and no table has to be kept. */
export const consoleSessions = ({
  digest,
  clock,
  randomBytes,
}: Pick<ApiParts, 'digest' | 'clock' | 'randomBytes'>): ConsoleSessions => {
  const sign = (payload: string): string => Buffer.from(digest.seal(salt, text.encode(payload))).toString('base64url')
  return {
    issue(caller) {
      const csrf = Buffer.from(randomBytes(16)).toString('hex')
      const payload = Buffer.from(JSON.stringify({ ...caller, csrf, until: clock.now() + lifeMs })).toString(
        'base64url',
      )
      return { cookie: `${payload}.${sign(payload)}`, csrf, maxAgeS: lifeMs / 1_000 }
    },
    read(cookie) {
      const [payload = '', signature = ''] = cookie.split('.')
      if (signature === '' || sign(payload) !== signature) return undefined
      const session = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as ConsoleSession & {
        readonly until: number
      }
      return session.until > clock.now() ? session : undefined
    },
    once(caller) {
      const token = Buffer.from(randomBytes(24)).toString('base64url')
      links.set(token, { caller, until: clock.now() + lifeMs })
      return token
    },
    redeem(token) {
      const link = links.get(token)
      links.delete(token)
      return link !== undefined && link.until > clock.now() ? link.caller : undefined
    },
  }
}
