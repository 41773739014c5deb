import { tenantFault } from '../../core/domain/charge-point.ts'
import { type Grant, sightOf } from '../../core/domain/access.ts'
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { keyChecker } from './keys.ts'
import type { ApiKey } from '../../core/ports/store.ts'
import type { ApiEnv, ApiParts, Caller, SignedIn } from './parts.ts'
import { Problem } from './problem.ts'
import { consoleSessions } from './console-session.ts'

const safeMethods = ['GET', 'HEAD', 'OPTIONS']
const rememberedMs = 2_000

const platform: Grant & { readonly label: string } = { role: 'platform', scope: 'tenant', label: '' }

/** Who a console session is, while its key still counts: what was found is remembered for as long as a key is. */
const sessionCheck = ({
  store,
  sights,
  clock,
}: ApiParts): ((session: SignedIn) => Promise<Pick<Caller, keyof Grant | 'label'> | undefined>) => {
  const known = new Map<string, { readonly key: ApiKey | undefined; readonly until: number }>()
  return async ({ tenant, key: id, platform: isPlatform }) => {
    // a platform key cannot be revoked, and no tenant sees it
    if (isPlatform) return platform
    let entry = known.get(id)
    if (entry === undefined || entry.until < clock.monotonic()) {
      const keys = await sights.during('whole', () => store.apiKeys.list(tenant))
      entry = { key: keys.find((one) => one.id === id), until: clock.monotonic() + rememberedMs }
      if (known.size > 1_000) known.clear()
      known.set(id, entry)
    }
    const { key } = entry
    if (key?.revokedAt !== undefined || (key?.expiresAt ?? Infinity) <= clock.now()) return undefined
    return key
  }
}

const grantOf = ({ role, scope, party, label }: Pick<Caller, keyof Grant | 'label'>) => ({
  role,
  scope,
  label,
  ...(party !== undefined && { party }),
})

/**
 * Everything under /api/v1 needs a key (`Authorization: Bearer`) or the console's cookie; there is no way in without.
 * A platform key names its tenant in `SM-Tenant`; that of a reseller may name one that is below it now. A cookie may only
 * write with the session's CSRF token.
 */
export const authenticate = (parts: ApiParts): MiddlewareHandler<ApiEnv> => {
  const check = keyChecker(parts.store.apiKeys, parts.digest, parts.clock)
  const sessions = consoleSessions(parts)
  const sessionOf = sessionCheck(parts)

  /** Undefined where the key may not enter; a tenant that there is not is answered like one that is another's. */
  const tenantFor = async (key: ApiKey, wanted: string | undefined): Promise<string | undefined> => {
    if (key.tenant === undefined) return wanted ?? 'default'
    if (wanted === undefined || wanted === key.tenant) return key.tenant
    if (key.role !== 'reseller' || parts.mayEnter === undefined) return undefined
    return (await parts.mayEnter({ tenant: key.tenant, key: key.id }, wanted)) ? wanted : undefined
  }

  const byKey = async (text: string, wanted: string | undefined): Promise<Caller | undefined> => {
    const key = await check(text)
    if (key === undefined) return undefined
    const tenant = await tenantFor(key, wanted)
    if (tenant === undefined) throw new Problem(403, `this key belongs to tenant ${key.tenant}`)
    if (tenantFault(tenant)) throw new Problem(400, 'SM-Tenant is not a tenant name')
    return { tenant, key: key.id, platform: key.tenant === undefined, ...grantOf(key) }
  }

  return async (c, next) => {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? []
    const cookie = getCookie(c, 'sm_session')
    let caller: Caller | undefined
    let alive = async (): Promise<boolean> => false
    if (bearer !== undefined) {
      const wanted = c.req.header('sm-tenant')
      caller = await byKey(bearer, wanted)
      alive = async () => {
        const key = await check(bearer)
        return key !== undefined && (await tenantFor(key, wanted)) !== undefined
      }
    } else if (cookie !== undefined) {
      const session = sessions.read(cookie)
      if (session !== undefined && !safeMethods.includes(c.req.method) && c.req.header('x-csrf-token') !== session.csrf)
        throw new Problem(403, 'the X-CSRF-Token is missing or wrong')
      const signedIn = async (): Promise<Caller | undefined> => {
        const now = sessions.read(cookie)
        const grant = now && (await sessionOf(now))
        if (now === undefined || grant === undefined) return undefined
        return { tenant: now.tenant, key: now.key, platform: now.platform, ...grantOf(grant) }
      }
      caller = await signedIn()
      alive = async () => (await signedIn()) !== undefined
    }
    if (caller === undefined)
      throw new Problem(401, 'an API key is needed: Authorization: Bearer <key>', {
        headers: { 'www-authenticate': 'Bearer realm="stationmaster"' },
      })
    const sight = sightOf(caller)
    c.set('caller', caller)
    c.set('within', (work) => parts.sights.during(sight, work))
    c.set('alive', alive)
    await next()
  }
}
