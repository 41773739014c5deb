import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { Permission } from '../../core/domain/permission.ts'

/** A route of the API. It says which permission it takes: one that does not is no program (S-22). */
export const route = <
  Path extends string,
  Config extends Omit<RouteConfig, 'path'> & { readonly path: Path; readonly 'x-permission': Permission },
>(
  config: Config,
) => createRoute<Path, Config>(config)
