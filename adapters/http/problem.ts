import { HTTPException } from 'hono/http-exception'
import { z } from '@hono/zod-openapi'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import { BadCursor, OutOfSight } from '../../core/ports/store.ts'

/** Errors as problem+json (RFC 9457): what is wrong, where (JSON pointer), and nothing of our insides. */

export interface Fault {
  readonly pointer: string
  /** The name of the rule that is broken, where it has one. */
  readonly rule?: string
  readonly detail: string
}

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly faults: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    detail: string,
    more: { readonly faults?: readonly Fault[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.status = status
    this.faults = more.faults ?? []
    this.headers = more.headers ?? {}
  }
}

export const notFound = (what: string): Problem => new Problem(404, `there is no such ${what}`)

/** No key, or none that counts here. */
export const unauthenticated = (): Problem =>
  new Problem(401, 'an API key is needed: Authorization: Bearer <key>', {
    headers: { 'www-authenticate': 'Bearer realm="stationmaster"' },
  })

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  416: 'No such part',
  422: 'Cannot be processed',
  500: 'Internal error',
  503: 'Not available now',
  504: 'No answer in time',
}

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    pointer: z.string().optional().describe('JSON pointer of the first wrong field'),
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          rule: z.string().optional().describe('the name of the rule that is broken'),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .openapi('Problem')

/** What is wrong with one field of a request whose form is right. */
export const wrongField = (
  pointer: string,
  detail: string,
  { status = 422, rule }: { readonly status?: number; readonly rule?: string } = {},
): Problem =>
  new Problem(status, `${pointer}: ${detail}`, { faults: [{ pointer, ...(rule !== undefined && { rule }), detail }] })

/** A problem as a response. */
export const problemResponse = ({ status, message, faults, headers }: Problem): Response =>
  new Response(
    JSON.stringify({
      type: 'about:blank',
      title: titles[status] ?? 'Error',
      status,
      detail: message,
      ...(faults[0] && { pointer: faults[0].pointer, errors: faults }),
    }),
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )

/** Whatever a handler threw, as a problem; `unexpected` hears of what is our own fault. */
export const problemOf = (error: unknown, unexpected: (error: unknown) => void): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof BadCursor)
    return new Problem(400, 'the cursor is not one of ours', {
      faults: [{ pointer: '/cursor', detail: error.message }],
    })
  if (error instanceof OutOfSight) return new Problem(404, 'there is no such thing within what this key sees')
  // what the framework refuses itself: JSON that is none
  if (error instanceof HTTPException && error.status < 500) return new Problem(error.status, error.message)
  const { code, constraint } = refusal(error)
  if (code === '23503' && constraint.endsWith('_tenant_fkey')) return notFound('tenant')
  // SQLSTATE class 22: a value that the store cannot take, such as a text with a NUL
  if (/^22\w{3}$/.test(code)) return new Problem(400, 'the request has a value that cannot be stored or looked for')
  unexpected(error)
  if (isPassing(error, code))
    return new Problem(503, 'the store cannot be reached now: try again', { headers: { 'retry-after': '5' } })
  return new Problem(500, 'something went wrong here; it is logged')
}

/** The store is away or has no room for us at the moment: SQLSTATE classes 08, 53, 57, and what a connection ends with. */
const isPassing = (error: unknown, code: string): boolean =>
  error instanceof LedgerUnavailable || /^(?:08|53|57)\w{3}$|^CONNECT|^ECONN|^ENOENT$|^ETIMEDOUT$/.test(code)

/** Why the store refused a statement: its SQLSTATE, and which constraint. */
const refusal = (error: unknown): { readonly code: string; readonly constraint: string } => ({
  code: error instanceof Error && 'code' in error ? String(error.code) : '',
  constraint: error instanceof Error && 'constraint_name' in error ? String(error.constraint_name) : '',
})

const escaped = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1')

/** What a schema found wrong, field by field. */
export const faultsOf = (error: z.ZodError): readonly Fault[] =>
  error.issues.flatMap((issue) => {
    const at = issue.path.map((part) => `/${escaped(part)}`).join('')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: `${at}/${escaped(key)}`, detail: 'is not a field of this' }))
    const rule: unknown = issue.code === 'custom' ? issue.params?.['rule'] : undefined
    return [{ pointer: at === '' ? '/' : at, ...(typeof rule === 'string' && { rule }), detail: issue.message }]
  })

/** The hook of zod-openapi: a request that does not follow its schema names every wrong field. */
export const onInvalid = (result: {
  readonly success: boolean
  readonly target?: string
  readonly error?: z.ZodError
}): Response | undefined => {
  if (result.success || result.error === undefined) return undefined
  const faults = faultsOf(result.error)
  const [first] = faults
  return problemResponse(
    new Problem(
      result.target === 'json' ? 422 : 400,
      first === undefined ? 'the request is not valid' : `${first.pointer}: ${first.detail}`,
      { faults },
    ),
  )
}
