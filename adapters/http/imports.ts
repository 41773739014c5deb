import { z } from '@hono/zod-openapi'
import { identityFault } from '../../core/domain/charge-point.ts'
import { chargePointBody, prepared } from './charge-points.ts'
import { parseCsv } from './csv.ts'
import type { Api, ApiParts } from './parts.ts'
import { faultsOf, Problem } from './problem.ts'
import { route } from './route.ts'
import { json, problems, unprocessable } from './schemas.ts'
import { tokenBody, tokenFrom } from './tokens.ts'

const mostLines = 10_000
export const importQuery = z.object({ dryRun: z.enum(['true', 'false']).default('true').describe('true only checks') })
export const importContent = { 'application/x-ndjson': { schema: z.string() }, 'text/csv': { schema: z.string() } }

export const importReport = z
  .object({
    dryRun: z.boolean(),
    lines: z.number().int(),
    valid: z.number().int(),
    invalid: z.array(z.object({ line: z.number().int(), pointer: z.string(), problem: z.string() })),
    created: z.number().int(),
    changed: z.number().int(),
    passwords: z.record(z.string(), z.string()).describe('generated, by identity; shown this once'),
  })
  .openapi('ImportReport')

/** In CSV everything is a text. */
export const digits = (given: unknown): unknown =>
  typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given

const chargePointLine = chargePointBody
  .extend({
    identity: z.string().min(1).max(255),
    blocked: z.union([z.boolean(), z.stringbool()]).optional(),
    clockless: z.union([z.boolean(), z.stringbool()]).optional(),
    securityProfile: z.preprocess(digits, chargePointBody.shape.securityProfile),
    maxPowerW: z.preprocess(digits, chargePointBody.shape.maxPowerW),
  })
  .superRefine(({ identity, password, passwordHex }, context) => {
    // what `prepared` refuses must show in the dry run too, and with its line
    const fault = identityFault(identity)
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['identity'], message: fault })
    if (password !== undefined && passwordHex !== undefined)
      context.addIssue({ code: 'custom', path: ['passwordHex'], message: 'password is given too' })
  })
const tokenLine = tokenBody.extend({ uid: z.string().trim().min(1).max(255), issuer: z.string().max(100).default('') })

interface Line {
  readonly line: number
  readonly fields: unknown
}

export const linesOf = (text: string, type: string): readonly Line[] => {
  if (type.startsWith('text/csv')) return parseCsv(text)
  if (!type.startsWith('application/x-ndjson'))
    throw new Problem(415, 'send application/x-ndjson (JSON lines) or text/csv')
  return text.split('\n').flatMap((line, i): Line[] => {
    if (line.trim() === '') return []
    try {
      return [{ line: i + 1, fields: JSON.parse(line) as unknown }]
    } catch {
      return [{ line: i + 1, fields: undefined }]
    }
  })
}

export type Invalid = z.infer<typeof importReport>['invalid'][number]

/** What follows the schema, and where it stands; what does not, or comes twice. */
export const checked = <Item>(
  lines: readonly Line[],
  schema: z.ZodType<Item>,
  keyOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly at: readonly number[]; readonly invalid: readonly Invalid[] } => {
  if (lines.length > mostLines) throw new Problem(413, `at most ${mostLines} lines at once`)
  const items = new Map<string, Item>()
  const at: number[] = []
  const invalid: Invalid[] = []
  for (const { line, fields } of lines) {
    const result = schema.safeParse(fields)
    if (!result.success) {
      const [fault] = faultsOf(result.error)
      invalid.push({
        line,
        pointer: fault?.pointer ?? '/',
        problem: fields === undefined ? 'is not JSON' : (fault?.detail ?? 'is not valid'),
      })
    } else if (items.has(keyOf(result.data)))
      invalid.push({ line, pointer: '/', problem: `${keyOf(result.data)} is in this file twice` })
    else {
      items.set(keyOf(result.data), result.data)
      at.push(line)
    }
  }
  return { items: [...items.values()], at, invalid }
}

/** What an import says of itself. */
export const answer = (
  dryRun: boolean,
  lines: number,
  items: number,
  invalid: readonly Invalid[],
  results: readonly { readonly created: boolean }[],
  passwords: Record<string, string> = {},
) => ({
  dryRun,
  lines,
  valid: items,
  invalid: invalid.slice(0, 1_000),
  created: results.filter((r) => r.created).length,
  changed: results.filter((r) => !r.created).length,
  passwords,
})

/** Many charge points or tokens in one call: first looked at, then all of them or none. */
export const importRoutes = (api: Api, parts: ApiParts): void => {
  const { store, clock } = parts
  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/imports/charge-points',
      'x-permission': 'imports.write',
      tags: ['Imports'],
      summary: 'Register many charge points',
      description: 'Fields as in PUT, and `identity`. All lines are applied in one commit, or none.',
      request: { query: importQuery, body: { content: importContent, required: true } },
      responses: { 200: json(importReport, 'What was found, and done'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const dryRun = c.req.valid('query').dryRun === 'true'
      const lines = linesOf(await c.req.text(), c.req.header('content-type') ?? '')
      const { items, invalid } = checked(lines, chargePointLine, (item) => item.identity.toLowerCase())
      if (dryRun || invalid.length > 0) return c.json(answer(dryRun, lines.length, items.length, invalid, []), 200)
      const known = await store.chargePoints.registered(
        tenant,
        items.map(({ identity }) => identity),
      )
      const all = items.map(({ identity, ...body }) =>
        prepared(parts, identity, body, !known.has(identity.toLowerCase())),
      )
      const results = await store.chargePoints.put(
        tenant,
        all.map(({ put }) => put),
        clock.now(),
      )
      const passwords = Object.fromEntries(
        all.flatMap(({ put, password }) => (password === undefined ? [] : [[put.identity, password]])),
      )
      return c.json(answer(false, lines.length, items.length, [], results, passwords), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/imports/tokens',
      'x-permission': 'imports.write',
      tags: ['Imports'],
      summary: 'Register many tokens',
      description: 'Fields as in PUT, and `uid`, `issuer`. All lines are applied in one commit, or none.',
      request: { query: importQuery, body: { content: importContent, required: true } },
      responses: { 200: json(importReport, 'What was found, and done'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const dryRun = c.req.valid('query').dryRun === 'true'
      const lines = linesOf(await c.req.text(), c.req.header('content-type') ?? '')
      const { items, invalid } = checked(lines, tokenLine, (item) => `${item.issuer}/${item.uid.toLowerCase()}`)
      if (dryRun || invalid.length > 0) return c.json(answer(dryRun, lines.length, items.length, invalid, []), 200)
      const results = await store.tokens.put(
        c.get('caller').tenant,
        items.map(({ uid, issuer, ...body }) => tokenFrom(uid, issuer, body)),
        clock.now(),
      )
      return c.json(answer(false, lines.length, items.length, [], results), 200)
    },
  )
}
