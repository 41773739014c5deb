import type { ApiParts, SignedIn } from './parts.ts'

const lifeMs = 12 * 3_600_000
const text = new TextEncoder()
const salt = text.encode('console session')

/** What stands for a key in a session that was begun with the link that a server says when it starts. */
export const linkKey = 'console link'

interface ConsoleSession extends SignedIn {
  readonly csrf: string
}

export interface ConsoleSessions {
  /** A cookie value that is worth as much as the key it was traded for. */
  issue(caller: SignedIn): { readonly cookie: string; readonly csrf: string; readonly maxAgeS: number }
  read(cookie: string): ConsoleSession | undefined
  /** A token that is traded for a session once, at whichever worker. */
  once(caller: SignedIn): string
  redeem(token: string): Promise<SignedIn | undefined>
}

/** Sessions live in their signed cookie: EventSource cannot send a Bearer, and no table has to be kept. */
export const consoleSessions = ({
  digest,
  clock,
  randomBytes,
  store,
  sights,
}: Pick<ApiParts, 'digest' | 'clock' | 'randomBytes' | 'store' | 'sights'>): ConsoleSessions => {
  const sign = (payload: string): string => Buffer.from(digest.seal(salt, text.encode(payload))).toString('base64url')
  const seal = (content: object): string => {
    const payload = Buffer.from(JSON.stringify({ ...content, until: clock.now() + lifeMs })).toString('base64url')
    return `${payload}.${sign(payload)}`
  }
  const open = <Content>(sealed: string): Content | undefined => {
    const [payload = '', signature = ''] = sealed.split('.')
    if (signature === '' || sign(payload) !== signature) return undefined
    const content = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Content & {
      readonly until: number
    }
    return content.until > clock.now() ? content : undefined
  }
  return {
    issue(caller) {
      const csrf = Buffer.from(randomBytes(16)).toString('hex')
      return { cookie: seal({ ...caller, csrf }), csrf, maxAgeS: lifeMs / 1_000 }
    },
    read(cookie) {
      const session = open<Partial<ConsoleSession>>(cookie)
      // a link is sealed like a cookie, and is none
      return session?.csrf === undefined ? undefined : (session as ConsoleSession)
    },
    once: (caller) => seal({ link: Buffer.from(randomBytes(16)).toString('hex'), caller }),
    async redeem(token) {
      const found = open<{ readonly link?: string; readonly caller: SignedIn }>(token)
      if (found?.link === undefined) return undefined
      // used up where every worker sees it
      const { state } = await sights.during('whole', () =>
        store.idempotency.claim(found.caller.tenant, `console link ${found.link}`, digest.key(token)),
      )
      return state === 'new' ? found.caller : undefined
    },
  }
}
