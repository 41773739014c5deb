import { z } from '@hono/zod-openapi'
import { parseInstant } from '../../core/domain/instant.ts'

/** What addresses and query strings name, the same everywhere. */

/** `/charge-points/{identity}` */
export const byIdentity = z.object({
  identity: z
    .string()
    .max(255)
    .openapi({ param: { name: 'identity', in: 'path' }, example: 'CP-1' }),
})

/** `/…/{id}`: of what we have given its id. */
export const byId = z.object({
  id: z
    .string()
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' } }),
})

/** An instant that was given, in ms since 1970 UTC. */
export const msOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseInstant(text)?.ms
