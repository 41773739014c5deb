import { createHash, randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { clean } from '../../core/domain/text.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { type Erp, type ErpVerdict, ErpUnavailable, ErpUnclear } from '../../core/ports/erp.ts'
import type { ErpKind } from '../../core/ports/erp-kinds.ts'
import { call, type HttpAnswer, type Resolve, retryAfterOf } from './http.ts'
import { headerText, httpUrl, kindOf, statements, timeoutS } from './kind.ts'

interface Outside {
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
}

const settings = z.strictObject({
  url: httpUrl,
  timeoutS,
  /** Whether the receiver takes a message of the same `webhook-id` once; where it does not, a person decides in doubt. */
  deduplicates: z.boolean().default(true),
  statements,
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header'), headerText)
    .refine((headers) => Object.keys(headers).every((name) => !ours.test(name)), 'must not name a header of ours')
    .default({}),
})
const ours = /^(?:webhook-|content-|host$|connection$|transfer-|expect$|authorization$|upgrade$)/i

const secrets = z.strictObject({
  /** As Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64. */
  signingSecret: z
    .string()
    .refine((text) => isSecret(text), 'must be whsec_ and 24 to 64 bytes in base64 (standardwebhooks.com)'),
  /** Sent as `Authorization: Bearer`. */
  token: headerText.min(1).optional(),
})

const isSecret = (text: string): boolean => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1] ?? ''
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === base64
}

/**
 * A receiver that takes documents over HTTP, as Standard Webhooks says (standardwebhooks.com): `webhook-id` is the key,
 * the body is the document's own bytes, signed. Any 2xx is a yes; its JSON may bring a `reference`.
 */
export const webhookKind = (outside: Outside): ErpKind =>
  kindOf({ settings, secrets }, (given, kept) => webhook(given, kept, outside))

const webhook = (
  { url, timeoutS: seconds, headers, deduplicates }: z.infer<typeof settings>,
  { signingSecret, token }: z.infer<typeof secrets>,
  { resolve, clock }: Outside,
): Erp => {
  const signer = new Webhook(signingSecret)
  const post = (id: string, body: Uint8Array): Promise<HttpAnswer> => {
    const at = new Date(clock.now())
    return call(resolve, {
      method: 'POST',
      url,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
        'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
        accept: 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': signer.sign(id, at, Buffer.from(body)),
      },
      body,
      timeoutMs: seconds * 1_000,
    })
  }
  // what it is stands in it as its `format`
  const takes = {
    guard: deduplicates ? 'key' : 'none',
    send: async ({ bytes }: { readonly bytes: Uint8Array }, key: string) => verdictOf(await post(key, bytes), clock),
  } as const
  return {
    ...takes,
    statements: takes,
    async ping() {
      const said = JSON.stringify({ format: 'stationmaster-ping-1', sentAt: new Date(clock.now()).toISOString() })
      const answer = await post(`ping_${randomUUID()}`, new TextEncoder().encode(said))
      const verdict = verdictOf(answer, clock)
      return verdict.accepted ? `it answered ${answer.status}` : `it refuses: ${verdict.reason}`
    },
  }
}

/** It has the document already. */
const conflict = 409
/** It has not looked at the document: not now, or not from us. */
const notNow = [401, 403, 407, 408, 425, 429, 503]

const verdictOf = (answer: HttpAnswer, clock: Pick<Clock, 'now'>): ErpVerdict => {
  const { status } = answer
  if ((status >= 200 && status < 300) || status === conflict) {
    const reference = referenceIn(answer)
    return { accepted: true, ...(reference !== undefined && { reference }) }
  }
  const said = `it answered ${status}${answer.text.trim() === '' ? '' : `: ${clean(answer.text.trim(), 400)}`}`
  if (notNow.includes(status) || status < 400) throw new ErpUnavailable(said, retryAfterOf(answer, clock))
  if (status < 500) return { accepted: false, reason: said }
  // a server that fails may have failed after it had taken the document
  throw new ErpUnclear(said)
}

/** What the receiver calls the document: `{"reference": "RE-2026-17"}`. */
const referenceIn = ({ text, isWhole }: HttpAnswer): string | undefined => {
  if (!isWhole) return undefined
  try {
    const answer: unknown = JSON.parse(text)
    const { reference } = (answer ?? {}) as { readonly reference?: unknown }
    if (typeof reference === 'number') return String(reference)
    return typeof reference === 'string' && reference !== '' ? clean(reference) : undefined
  } catch {
    return undefined
  }
}
