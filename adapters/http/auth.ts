import { tenantFault } from '../../core/domain/charge-point.ts'
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { hostOf } from './hosts.ts'
import { keyChecker } from './keys.ts'
import type { ApiKey } from '../../core/ports/store.ts'
import type { ApiEnv, ApiParts, Caller } from './parts.ts'
import { Problem, unauthenticated } from './problem.ts'
import { consoleSessions } from './console-session.ts'

const safeMethods = ['GET', 'HEAD', 'OPTIONS']
const rememberedMs = 2_000

/** Whether a console session's key still counts: what was found is remembered for as long as a key is. */
const sessionCheck = ({ store, clock }: ApiParts): ((caller: Caller) => Promise<boolean>) => {
  const known = new Map<string, { readonly key: ApiKey | undefined; readonly until: number }>()
  return async ({ tenant, key: id, platform }) => {
    // a platform key cannot be revoked, and no tenant sees it
    if (platform) return true
    let entry = known.get(id)
    if (entry === undefined || entry.until < clock.monotonic()) {
      const key = (await store.apiKeys.list(tenant)).find((one) => one.id === id)
      entry = { key, until: clock.monotonic() + rememberedMs }
      if (known.size > 1_000) known.clear()
      known.set(id, entry)
    }
    const { key } = entry
    return (
      key !== undefined && key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > clock.now())
    )
  }
}

/**
 * Everything under /api/v1 needs a key (`Authorization: Bearer`) or the console's cookie; there is no way in without.
 * A platform key names its tenant in `SM-Tenant`. A cookie may only write with the session's CSRF token.
 */
export const authenticate = (parts: ApiParts): MiddlewareHandler<ApiEnv> => {
  const check = keyChecker(parts.store.apiKeys, parts.digest, parts.clock)
  const sessions = consoleSessions(parts)
  const isAlive = sessionCheck(parts)

  /** `home`: whose host is asked. */
  const byKey = async (
    text: string,
    wanted: string | undefined,
    home: string | undefined,
  ): Promise<Caller | undefined> => {
    const key = await check(text)
    if (key === undefined) return undefined
    if (key.tenant !== undefined) {
      if (wanted !== undefined && wanted !== key.tenant)
        throw new Problem(403, `this key belongs to tenant ${key.tenant}`)
      return { tenant: key.tenant, key: key.id, platform: false }
    }
    const tenant = wanted ?? home ?? 'default'
    if (tenantFault(tenant)) throw new Problem(400, 'SM-Tenant is not a tenant name')
    return { tenant, key: key.id, platform: true }
  }

  return async (c, next) => {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? []
    const cookie = getCookie(c, 'sm_session')
    let caller: Caller | undefined
    let alive = async (): Promise<boolean> => false
    if (bearer !== undefined) {
      caller = await byKey(bearer, c.req.header('sm-tenant'), parts.tenantBook.tenantAt(hostOf(c, parts)))
      alive = async () => (await check(bearer)) !== undefined
    } else if (cookie !== undefined) {
      const session = sessions.read(cookie)
      if (session !== undefined && !safeMethods.includes(c.req.method) && c.req.header('x-csrf-token') !== session.csrf)
        throw new Problem(403, 'the X-CSRF-Token is missing or wrong')
      alive = async () => {
        const now = sessions.read(cookie)
        return now !== undefined && (await isAlive(now))
      }
      if (await alive()) caller = session
    }
    if (caller === undefined) throw unauthenticated()
    c.set('caller', caller)
    c.set('alive', alive)
    await next()
  }
}
