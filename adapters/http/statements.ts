import { z } from '@hono/zod-openapi'
import { hidesDrivers, type KeyRole } from '../../core/domain/access.ts'
import { documentKinds } from '../../core/domain/document.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { type Statement, type StatementLine, type StatementRole, statementRoles } from '../../core/domain/statement.ts'
import { wattHours } from '../../core/domain/units.ts'
import type { StatementStore } from '../../core/ports/statements.ts'
import { inPieces } from './content.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, month, pageQuery, pageSchema, problems } from './schemas.ts'
import { everyLine, fileNameOf, formOf, sent } from './statement-answers.ts'
import { statementCsv, statementPage } from './statement-forms.ts'

const at = '/api/v1/statements'
/** No party is called so. */
const nobody = '-'

const amount = z.string().nullable().describe('null: none of them is priced')
const totalSchema = z.object({
  currency: z.string().nullable().describe('null: documents without a price'),
  documents: z.number().int(),
  credits: z.number().int().describe('how many of them take something back'),
  energyWh: z.number(),
  net: amount,
  tax: amount,
  gross: amount,
})
const fields = {
  month: z.string(),
  zone: z.string().describe('by whose calendar it is a month'),
  role: z.enum(statementRoles),
  party: z.string().describe('- : the documents that are nobody’s'),
  name: z.string().nullable(),
  totals: z.array(totalSchema).describe('by currency: different ones are never added'),
}
const lineSchema = z.object({
  number: z.number().int(),
  kind: z.enum(documentKinds),
  cdr: z.string(),
  sealedAt: instant,
  startedAt: instant,
  chargePoint: z.string(),
  evseId: z.string().nullable(),
  contract: z.string().nullable(),
  energyWh: z.number(),
  currency: z.string().nullable(),
  net: amount,
  tax: amount,
  gross: amount,
})
const listed = z.object(fields).openapi('StatementListed')
const schema = pageSchema(lineSchema).extend(fields).openapi('Statement')

const viewOf = ({ month: of, zone, role, party = nobody, name, totals }: Statement): z.infer<typeof listed> => ({
  month: of,
  zone,
  role,
  party,
  name: name ?? null,
  totals: totals.map(({ energyMwh, currency, documents, credits, net, tax, gross }) => ({
    currency: currency ?? null,
    documents,
    credits,
    energyWh: wattHours(energyMwh),
    net: net ?? null,
    tax: tax ?? null,
    gross: gross ?? null,
  })),
})

const lineView = (line: StatementLine): z.infer<typeof lineSchema> => ({
  number: line.number,
  kind: line.kind,
  cdr: line.cdr,
  sealedAt: formatInstant(line.sealedAt),
  startedAt: formatInstant(line.startedAt),
  chargePoint: line.chargePoint,
  evseId: line.evseId ?? null,
  contract: line.contract ?? null,
  energyWh: wattHours(line.energyMwh),
  currency: line.currency ?? null,
  net: line.net ?? null,
  tax: line.tax ?? null,
  gross: line.gross ?? null,
})

const forms = ['json', 'csv', 'html'] as const

const ownRoles: Partial<Record<KeyRole, StatementRole>> = { siteOwner: 'site-owner', emp: 'emp' }

/**
 * A party is shown what is written for it. It sees the documents of such statements alone, so that these are its own; what
 * the same documents say to others is theirs.
 */
const theirs = ({ role }: { readonly role: KeyRole }, statements: readonly Statement[]): readonly Statement[] => {
  const own = ownRoles[role]
  return own === undefined ? statements : statements.filter((statement) => statement.role === own)
}

const linesOf = async function* (
  store: StatementStore,
  { tenant, role }: Pick<Caller, 'tenant' | 'role'>,
  statement: Statement,
): AsyncGenerator<StatementLine> {
  for await (const line of everyLine((page) => store.lines(tenant, statement, page)))
    yield hidesDrivers(role) ? ofNobody(line) : line
}

/** A line that does not tell whose contract it was. */
const ofNobody = (line: StatementLine): StatementLine => {
  const { contract: _, ...rest } = line
  return rest
}

/** What was sealed in a month, for each EMP and each site owner. */
export const statementRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'settlement.read',
      tags: ['Documents'],
      summary: 'The statements of a month',
      description:
        'One for each EMP that sessions were charged to and each owner of a site that they were charged at. A document is in the month in which it was sealed, whenever its session was: what comes late, and what takes back, is in a later one, and a month that is over stays as it is.',
      request: { query: z.object({ month: month.optional().describe('absent: this one') }) },
      responses: { 200: json(pageSchema(listed), 'Statements, by role and party'), ...problems },
    }),
    async (c) => {
      const wanted = c.req.valid('query').month ?? (await store.statements.monthAt(clock.now()))
      const caller = c.get('caller')
      const statements = theirs(caller, await store.statements.list(caller.tenant, wanted))
      return c.json({ items: statements.map(viewOf), next: null }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{month}/{role}/{party}`,
      'x-permission': 'settlement.read',
      tags: ['Documents'],
      summary: 'One statement with its documents',
      description: 'As JSON page by page; as CSV, and as a page to read and print, all of it.',
      request: {
        params: z.object({
          month: month.openapi({ param: { name: 'month', in: 'path' } }),
          role: z.enum(statementRoles).openapi({ param: { name: 'role', in: 'path' } }),
          party: z
            .string()
            .max(100)
            .openapi({ param: { name: 'party', in: 'path' }, example: 'DE*8AA' })
            .describe('- : the documents that are nobody’s'),
        }),
        query: z.object({ ...pageQuery, as: z.enum(forms).optional().describe('absent: as Accept says') }),
      },
      responses: {
        200: {
          description: 'The statement',
          content: {
            'application/json': { schema },
            'text/csv': { schema: z.string() },
            'text/html': { schema: z.string() },
          },
        },
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const [{ tenant }, wanted, { as, limit, cursor }] = [c.get('caller'), c.req.valid('param'), c.req.valid('query')]
      const statements = theirs(c.get('caller'), await store.statements.list(tenant, wanted.month))
      const statement = statements.find(
        ({ role, party = nobody }) => role === wanted.role && party.toLowerCase() === wanted.party.toLowerCase(),
      )
      if (statement === undefined) throw notFound('statement: nothing was sealed for this party in this month')
      const form = formOf(forms, as, c.req.header('accept'))
      const all = linesOf(store.statements, c.get('caller'), statement)
      if (form === 'html') return sent('text/html; charset=utf-8', inPieces(statementPage(statement, all)))
      if (form === 'csv') {
        const file = fileNameOf(statement.month, statement.role, statement.party ?? 'nobody')
        return sent('text/csv; charset=utf-8', inPieces(statementCsv(all)), `${file}.csv`)
      }
      const page = await store.statements.lines(tenant, statement, { limit, ...given({ cursor }) })
      return c.json({ ...viewOf(statement), items: page.items.map(lineView), next: page.next }, 200)
    },
  )
}
