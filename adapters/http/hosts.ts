import type { MiddlewareHandler } from 'hono'
import { askedHost } from '../../core/domain/host-name.ts'
import type { ApiEnv, ApiParts } from './parts.ts'
import { Problem, unauthenticated } from './problem.ts'

interface Asked {
  readonly req: { header(name: string): string | undefined; readonly url: string }
  readonly env: { readonly peer: string }
}

/** The host that a request asks for; what a proxy says of it counts only where the proxy is trusted. */
export const hostOf = ({ req, env }: Asked, { trusts }: Pick<ApiParts, 'trusts'>): string | undefined =>
  // HTTP/2 has no Host: there the address says it
  askedHost((name) => req.header(name) ?? (name === 'host' ? new URL(req.url).host : undefined), trusts(env.peer))

/**
 * At a host name of a tenant there is that tenant alone, with those below it today. The key of another is answered as one
 * that nobody knows: at this host it is none. Only a platform key, which may ask for any tenant, is told that there is no such.
 */
export const atItsHost =
  (parts: ApiParts): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const { tenant, platform } = c.get('caller')
    if (!parts.tenantBook.isServedAt(hostOf(c, parts), tenant))
      throw platform ? new Problem(404, 'there is no such tenant at this host') : unauthenticated()
    await next()
  }

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/**
 * A closed tenant can be read, and changes nothing by itself: what it owes and is owed must stay to be seen. The platform
 * still may, for what is left to settle: a credit, a statement, a key to revoke.
 */
export const whileOpen =
  (parts: ApiParts): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const { tenant, home = tenant, platform } = c.get('caller')
    const isClosed = [tenant, home].some((one) => parts.tenantBook.find(one)?.closedAt !== undefined)
    if (isClosed && !platform && !safeMethods.includes(c.req.method))
      throw new Problem(409, `tenant ${tenant} is closed: it can be read, and not changed`)
    await next()
  }
