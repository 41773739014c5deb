import { tenantFault } from '../../core/domain/charge-point.ts'
import { type Grant, sightOf } from '../../core/domain/access.ts'
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { hostOf } from './hosts.ts'
import { keyChecker } from './keys.ts'
import type { ApiKey } from '../../core/ports/store.ts'
import type { ApiEnv, ApiParts, Caller, SignedIn } from './parts.ts'
import { Problem, unauthenticated } from './problem.ts'
import { consoleSessions, linkKey } from './console-session.ts'
import { given } from './schemas.ts'

const safeMethods = ['GET', 'HEAD', 'OPTIONS']
const rememberedMs = 2_000

/** What a caller has of its key. */
type Held = Pick<Caller, keyof Grant | 'label' | 'through'>

const platform: Held = { role: 'platform', scope: 'tenant', label: '' }

/** The tenant that a key may speak for now, of those that it names; undefined where it may not. */
const tenantFor = async (
  { mayEnter }: Pick<ApiParts, 'mayEnter'>,
  key: Pick<ApiKey, 'id' | 'tenant' | 'role' | 'through'>,
  wanted: string | undefined,
): Promise<string | undefined> => {
  const { tenant, through, id } = key
  if (tenant === undefined) return wanted ?? 'default'
  // one that a reseller has made in a CPO below it ends with that
  if (through !== undefined && (await mayEnter?.({ tenant: through, key: id }, tenant)) !== true) return undefined
  if (wanted === undefined || wanted === tenant) return tenant
  if (key.role !== 'reseller') return undefined
  return (await mayEnter?.({ tenant, key: id }, wanted)) === true ? wanted : undefined
}

/** Who a console session is, while its key still counts: what was found is remembered for as long as a key is. */
const sessionCheck = ({
  store,
  sights,
  clock,
  ...parts
}: ApiParts): ((session: SignedIn) => Promise<Held | undefined>) => {
  const known = new Map<string, { readonly key: ApiKey | undefined; readonly until: number }>()
  return async ({ tenant, home, key: id, platform: isPlatform }) => {
    // who came by the link of the log has no key
    if (isPlatform && id === linkKey) return platform
    let entry = known.get(id)
    if (entry === undefined || entry.until < clock.monotonic()) {
      const keys = await sights.during('whole', () =>
        isPlatform ? store.apiKeys.platform.list() : store.apiKeys.list(home ?? tenant),
      )
      entry = { key: keys.find((one) => one.id === id), until: clock.monotonic() + rememberedMs }
      if (known.size > 1_000) known.clear()
      known.set(id, entry)
    }
    const { key } = entry
    if (key === undefined || key.revokedAt !== undefined || (key.expiresAt ?? Infinity) <= clock.now()) return undefined
    return (await tenantFor(parts, key, tenant)) === undefined ? undefined : key
  }
}

const grantOf = ({ role, scope, party, label, through }: Held) => ({
  role,
  scope,
  label,
  ...given({ party, through }),
})

/** Who has signed in with a console's cookie; undefined for none, or one whose key does not count any more. */
export const cookieReader = (
  parts: ApiParts,
): ((cookie: string) => Promise<(Caller & { readonly csrf: string }) | undefined>) => {
  const sessions = consoleSessions(parts)
  const sessionOf = sessionCheck(parts)
  return async (cookie) => {
    const session = sessions.read(cookie)
    const grant = session && (await sessionOf(session))
    if (session === undefined || grant === undefined) return undefined
    const { tenant, home, key, platform: isPlatform, csrf } = session
    return { tenant, key, platform: isPlatform, csrf, ...grantOf(grant), ...given({ home }) }
  }
}

/**
 * Everything under /api/v1 needs a key (`Authorization: Bearer`) or the console's cookie; there is no way in without.
 * A platform key names its tenant in `SM-Tenant`; that of a reseller may name one that is below it now. A cookie may only
 * write with the session's CSRF token.
 */
export const authenticate = (parts: ApiParts): MiddlewareHandler<ApiEnv> => {
  const check = keyChecker(parts.store.apiKeys, parts.digest, parts.clock)
  const sessions = consoleSessions(parts)
  const readCookie = cookieReader(parts)

  const byKey = async (key: ApiKey, wanted: string | undefined): Promise<Caller | undefined> => {
    const tenant = await tenantFor(parts, key, wanted)
    if (tenant === undefined && (await tenantFor(parts, key, undefined)) === undefined) return undefined
    // a tenant that there is not is answered like one that is another's
    if (tenant === undefined) throw new Problem(403, `this key belongs to tenant ${key.tenant}`)
    if (tenantFault(tenant)) throw new Problem(400, 'SM-Tenant is not a tenant name')
    const home = key.tenant === tenant ? undefined : key.tenant
    return { tenant, key: key.id, platform: key.tenant === undefined, ...grantOf(key), ...given({ home }) }
  }

  return async (c, next) => {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? []
    const cookie = getCookie(c, 'sm_session')
    let caller: Caller | undefined
    let alive = async (): Promise<boolean> => false
    if (bearer !== undefined) {
      const wanted = c.req.header('sm-tenant')
      const key = await check(bearer)
      // a platform key that names none speaks for whoever has the host
      const atHost = key?.tenant === undefined ? parts.tenantBook.tenantAt(hostOf(c, parts)) : undefined
      caller = key && (await byKey(key, wanted ?? atHost))
      alive = async () => {
        const now = await check(bearer)
        return now !== undefined && (await tenantFor(parts, now, wanted)) !== undefined
      }
    } else if (cookie !== undefined) {
      const session = sessions.read(cookie)
      if (session !== undefined && !safeMethods.includes(c.req.method) && c.req.header('x-csrf-token') !== session.csrf)
        throw new Problem(403, 'the X-CSRF-Token is missing or wrong')
      caller = await readCookie(cookie)
      alive = async () => (await readCookie(cookie)) !== undefined
    }
    if (caller === undefined) throw unauthenticated()
    const sight = sightOf(caller)
    c.set('caller', caller)
    c.set('within', (work) => parts.sights.during(sight, work))
    c.set('alive', alive)
    await next()
  }
}
