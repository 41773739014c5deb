import { z } from '@hono/zod-openapi'
import { isPartys } from '../../core/domain/access.ts'
import { partsOf, unitOf } from '../../core/domain/amount.ts'
import { isCurrency } from '../../core/domain/currencies.ts'
import { clean } from '../../core/domain/text.ts'
import { currencyDigits } from '../../core/pricing/currency.ts'
import { holderKinds } from '../../core/settlement/account.ts'
import { actorOf } from './actor.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, wrongField } from './problem.ts'
import { route } from './route.ts'
import { json, missing, problems, unprocessable } from './schemas.ts'
import { byMonth, trialSchema, trialView } from './settlement-schemas.ts'

const at = '/api/v1/settlement'

const adjustmentBody = z
  .strictObject({
    party: z.strictObject({ kind: z.enum(holderKinds), id: z.string().min(1).max(100) }),
    amount: z
      .string()
      .regex(/^-?\d{1,12}(?:\.\d{1,6})?$/, 'must be a decimal such as -12.50')
      .describe('above nothing: the party owes it to the operator; below: it is owed it'),
    currency: z.string().length(3),
    reason: z.string().trim().min(1).max(500),
  })
  .openapi('AdjustmentOrder')

const adjusted = z
  .object({
    id: z.string(),
    voucher: z.number().int(),
    month: z.string().describe('this one, or the first that is open'),
  })
  .openapi('Adjustment')

const faultOf = ({ amount, currency }: z.infer<typeof adjustmentBody>): readonly [string, string] | undefined => {
  if (!isCurrency(currency)) return ['/currency', 'is no currency that is in use (ISO 4217)']
  const parts = partsOf(amount)
  if (parts === 0n) return ['/amount', 'adjusts nothing']
  if (parts % unitOf(currencyDigits(currency)) !== 0n)
    return ['/amount', `has more than the ${currencyDigits(currency)} decimals of ${currency}`]
  return undefined
}

/** The general ledger by month, and what a person puts right in it. */
export const settlementRoutes = (api: Api, { store, clock, ids }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: `${at}/{month}`,
      'x-permission': 'settlement.read',
      tags: ['Settlement'],
      summary: 'The trial balance of a month',
      description: 'Every account with its balances, and the proof that all of them together come to nothing.',
      request: { params: byMonth },
      responses: { 200: json(trialSchema, 'The trial balance'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant, role } = c.get('caller')
      const { month } = c.req.valid('param')
      // the accounts that a party is shown would prove nothing
      const trial = isPartys(role) ? undefined : await store.settlement.trialOf({ tenant, month })
      if (trial === undefined) throw notFound('month: nothing was posted up to it')
      return c.json(trialView(trial), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/adjustments`,
      'x-permission': 'settlement.write',
      tags: ['Settlement'],
      summary: 'Put something right for a party',
      description:
        'What is posted is never changed: this adds to it, in the month that it is, or in the first that is open. It takes an Idempotency-Key, and the audit log says who did it.',
      request: {
        body: { content: { 'application/json': { schema: adjustmentBody } }, required: true },
      },
      responses: { 201: json(adjusted, 'It is posted'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const body = c.req.valid('json')
      const fault = faultOf(body)
      if (fault !== undefined) throw wrongField(...fault)
      const id = ids.uuid()
      const posted = await store.settlement.adjust(
        {
          id,
          tenant: caller.tenant,
          party: { kind: body.party.kind, id: clean(body.party.id, 100) },
          amount: body.amount,
          currency: body.currency,
          reason: clean(body.reason, 500),
          at: clock.now(),
        },
        actorOf(caller),
      )
      if (posted === undefined) throw wrongField('/party', 'is neither in the market, nor has it an account')
      return c.json({ id, ...posted }, 201)
    },
  )
}
