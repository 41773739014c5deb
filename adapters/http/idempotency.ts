import type { MiddlewareHandler } from 'hono'
import { takesFile } from './bodies.ts'
import type { ApiEnv, ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

/** A POST with an `Idempotency-Key` is done once; the same request again gets the first answer again (INV-17). */
export const idempotent = ({ store, sights, digest, sealer }: ApiParts): MiddlewareHandler<ApiEnv> => {
  return async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (c.req.method !== 'POST' || key === undefined) return next()
    if (key.length > 255 || key === '') throw new Problem(400, 'an Idempotency-Key has 1 to 255 characters')
    const { tenant, key: owner } = c.get('caller')
    // what one key was answered is no answer to another, which may not be allowed as much
    const name = `${owner} ${key}`
    // a file is too large to be looked at before it is taken
    const body = takesFile(c.req.path) ? (c.req.header('content-length') ?? '') : await c.req.text()
    const fingerprint = digest.key(`${c.req.path}\n${new URL(c.req.url).search}\n${body}`)
    const claimed = await sights.during('whole', () => store.idempotency.claim(tenant, name, fingerprint))
    if (claimed.state === 'otherRequest') throw new Problem(422, 'this Idempotency-Key was used for another request')
    if (claimed.state === 'running')
      throw new Problem(409, 'the first request with this Idempotency-Key is still running')
    if (claimed.state === 'answered') {
      c.res = new Response(sealer.open(String(claimed.body)), {
        status: claimed.status,
        headers: {
          'content-type': claimed.status < 400 ? 'application/json' : 'application/problem+json',
          'idempotency-replayed': 'true',
        },
      })
      return undefined
    }
    await next()
    // an answer that never came may have had its effect: the same request again must not have it twice
    if (c.res.status >= 500 && c.res.status !== 504)
      await sights.during('whole', () => store.idempotency.release(tenant, name))
    // an answer may hold a key or a password: it is kept for the same request only
    else {
      const { status } = c.res
      const answer = sealer.seal(await c.res.clone().text())
      await sights.during('whole', () => store.idempotency.answer(tenant, name, status, answer))
    }
    return undefined
  }
}
