import { z } from '@hono/zod-openapi'
import { inPieces } from './content.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, month, pageQuery, pageSchema, problems } from './schemas.ts'
import { settlementCsv, settlementPage } from './settlement-forms.ts'
import {
  accountSchema,
  accountView,
  byMonth,
  partyStatementSchema,
  partyStatementView,
  postingView,
} from './settlement-schemas.ts'
import { everyLine, fileNameOf, formOf, sent } from './statement-answers.ts'

const at = '/api/v1/settlement/{month}/parties'

const forms = ['json', 'csv', 'html', 'pdf'] as const

/** What each party owes and is owed, month by month; the operator's own result among them. */
export const partyStatementRoutes = (api: Api, { store, printStatement }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'settlement.read',
      tags: ['Settlement'],
      summary: 'Who has a statement of a month',
      description: 'One line for each party and currency; `operator` is what remains with the operator itself.',
      request: { params: byMonth },
      responses: { 200: json(pageSchema(accountSchema), 'Accounts, by party'), ...problems, ...missing },
    }),
    async (c) => {
      const trial = await store.settlement.trialOf({
        tenant: c.get('caller').tenant,
        month: c.req.valid('param').month,
      })
      return c.json({ items: (trial?.accounts ?? []).map(accountView), next: null }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{party}`,
      'x-permission': 'settlement.read',
      tags: ['Settlement'],
      summary: 'The statement of a party',
      description:
        'Opening balance, what the month adds by purpose and contract, closing balance, and every posting. As JSON page by page; as CSV, as PDF, and as a page to read and print, all of it. Of a closed month it is always the same.',
      request: {
        params: z.object({
          month: month.openapi({ param: { name: 'month', in: 'path' } }),
          party: z
            .string()
            .max(200)
            .openapi({ param: { name: 'party', in: 'path' }, example: 'siteOwner:mall' }),
        }),
        query: z.object({ ...pageQuery, as: z.enum(forms).optional().describe('absent: as Accept says') }),
      },
      responses: {
        200: {
          description: 'The statement',
          content: {
            'application/json': { schema: partyStatementSchema },
            'text/csv': { schema: z.string() },
            'text/html': { schema: z.string() },
            'application/pdf': { schema: z.string().openapi({ format: 'binary' }) },
          },
        },
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const [{ tenant }, wanted, { as, limit, cursor }] = [c.get('caller'), c.req.valid('param'), c.req.valid('query')]
      const ref = { tenant, month: wanted.month }
      const statement = await store.settlement.statementOf(ref, wanted.party)
      if (statement === undefined) throw notFound('statement: this party has no account by this month')
      const form = formOf(forms, as, c.req.header('accept'))
      const all = everyLine((page) => store.settlement.postings(ref, statement, page))
      if (form === 'html') return sent('text/html; charset=utf-8', inPieces(settlementPage(statement, all)))
      const file = fileNameOf(statement.month, statement.party)
      if (form === 'csv') return sent('text/csv; charset=utf-8', inPieces(settlementCsv(statement, all)), `${file}.csv`)
      if (form === 'pdf') return sent('application/pdf', printStatement(statement, all), `${file}.pdf`)
      const page = await store.settlement.postings(ref, statement, { limit, ...given({ cursor }) })
      return c.json({ ...partyStatementView(statement), items: page.items.map(postingView), next: page.next }, 200)
    },
  )
}
