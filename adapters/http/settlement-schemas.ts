import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { accountKinds } from '../../core/settlement/account.ts'
import { runStates, type SettlementRun } from '../../core/settlement/run.ts'
import {
  type AccountLine,
  type PartyStatement,
  periodStates,
  type PeriodView,
  type StatementPosting,
  type TrialBalance,
} from '../../core/settlement/statement.ts'
import { purposes, sourceKinds } from '../../core/settlement/voucher.ts'
import { instant, month, pageSchema, when } from './schemas.ts'

/** What the general ledger says, in the API's words. */

export const byMonth = z.object({ month: month.openapi({ param: { name: 'month', in: 'path' } }) })

export const runSchema = z
  .object({
    month: z.string(),
    state: z.enum(runStates).describe('each is left only forwards; closed = for good'),
    progress: z.object({
      documents: z.number().int().describe('sealed in the month'),
      posted: z.number().int().describe('of them'),
      fees: z.number().int().describe('vouchers of what the month itself costs'),
      vouchers: z.number().int().describe('in the month, once nothing is posted into it any more'),
      sealed: z.number().int().describe('of them, those that its digest is of by now'),
    }),
    digest: z.string().nullable().describe('SHA-256 of all that was posted, hexadecimal digits; null = not closed yet'),
    deliveries: z
      .object({ filed: z.number().int(), arrived: z.number().int().describe('of them') })
      .describe('statements on their way to the books that want them: `/api/v1/statement-deliveries`'),
    fault: z.string().nullable().describe('why it cannot go on just now; it tries again by itself'),
    createdAt: instant,
    changedAt: instant,
  })
  .openapi('SettlementRun')

export const runView = (run: SettlementRun): z.infer<typeof runSchema> => ({
  month: run.month,
  state: run.state,
  progress: { ...run.progress },
  digest: run.digest ?? null,
  deliveries: { ...(run.deliveries ?? { filed: 0, arrived: 0 }) },
  fault: run.fault ?? null,
  createdAt: formatInstant(run.createdAt),
  changedAt: formatInstant(run.changedAt),
})

const periodFields = {
  month: z.string(),
  zone: z.string().describe('by whose calendar it is a month'),
  state: z.enum(periodStates),
  digest: z.string().nullable(),
  closedAt: instant.nullable(),
  unpriced: z.number().int().describe('documents and CDRs of partners without a price, posted nowhere'),
}

const periodView = ({ month: of, zone, state, digest, closedAt, unpriced }: PeriodView) => ({
  month: of,
  zone,
  state,
  digest: digest ?? null,
  closedAt: when(closedAt),
  unpriced,
})

const sums = {
  currency: z.string(),
  opening: z.string(),
  debits: z.string(),
  credits: z.string().describe('below nothing'),
  closing: z.string(),
}
export const accountSchema = z
  .object({
    party: z.string().describe('`siteOwner:mall`, …; `operator` and `tax` are the tenant’s own'),
    name: z.string().nullable(),
    kind: z.enum(accountKinds),
    ...sums,
    postings: z.number().int(),
  })
  .openapi('LedgerAccount')

export const accountView = ({ name, ...line }: AccountLine): z.infer<typeof accountSchema> => ({
  ...line,
  name: name ?? null,
})

export const trialSchema = z
  .object({
    ...periodFields,
    accounts: z.array(accountSchema),
    sums: z.array(z.object(sums)).describe('of all accounts, by currency: opening and closing come to nothing'),
    balanced: z.boolean().describe('nothing is left over in any currency'),
  })
  .openapi('TrialBalance')

export const trialView = ({ accounts, sums: totals, ...period }: TrialBalance): z.infer<typeof trialSchema> => ({
  ...periodView(period),
  accounts: accounts.map(accountView),
  sums: totals.map((total) => ({ ...total })),
  balanced: totals.every(({ opening, closing }) => isNothing(opening) && isNothing(closing)),
})

const isNothing = (amount: string): boolean => /^-?0+(?:\.0+)?$/.test(amount)

const postingSchema = z.object({
  voucher: z.number().int(),
  line: z.number().int(),
  source: z.object({ kind: z.enum(sourceKinds), key: z.string() }),
  at: instant,
  text: z.string(),
  purpose: z.enum(purposes),
  contract: z.string().nullable(),
  currency: z.string(),
  amount: z.string().describe('above nothing: the party owes it'),
})

export const postingView = ({ at, contract, source, ...of }: StatementPosting): z.infer<typeof postingSchema> => ({
  ...of,
  source: { ...source },
  at: formatInstant(at),
  contract: contract ?? null,
})

export const partyStatementSchema = pageSchema(postingSchema)
  .extend({
    ...periodFields,
    party: z.string(),
    name: z.string().nullable(),
    currencies: z.array(
      z.object({
        currency: z.string(),
        opening: z.string(),
        sums: z.array(
          z.object({
            purpose: z.enum(purposes),
            contract: z.string().nullable(),
            postings: z.number().int(),
            amount: z.string(),
          }),
        ),
        total: z.string().describe('what the month adds'),
        closing: z.string().describe('above nothing: the party owes it; below: it is owed it'),
      }),
    ),
  })
  .openapi('PartyStatement')

export const partyStatementView = (statement: PartyStatement) => ({
  ...periodView(statement),
  party: statement.party,
  name: statement.name ?? null,
  currencies: statement.currencies.map(({ sums: of, ...currency }) => ({
    ...currency,
    sums: of.map(({ contract, ...sum }) => ({ ...sum, contract: contract ?? null })),
  })),
})
