import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { hidesDrivers, refusalOf } from '../../core/domain/access.ts'
import type { Permission } from '../../core/domain/permission.ts'
import type { ApiEnv } from './parts.ts'
import { Problem } from './problem.ts'
import { withoutDrivers } from './without-drivers.ts'

/** Lets in whoever has the permission, to see as much as they may. */
const permits =
  (permission: Permission): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const caller = c.get('caller')
    const refusal = refusalOf(caller, permission)
    if (refusal !== undefined) throw new Problem(403, refusal)
    await c.get('within')(next)
    if (hidesDrivers(caller.role)) c.res = await withoutDrivers(c.res)
  }

/**
 * A route of the API. It says which permission it takes: one that does not is no program (S-17). Whoever calls it is held
 * to it before anything of the request is looked at.
 */
export const route = <
  Path extends string,
  Config extends Omit<RouteConfig, 'path'> & { readonly path: Path; readonly 'x-permission': Permission },
>(
  config: Config,
) => createRoute<Path, Config>({ ...config, middleware: permits(config['x-permission']) })
