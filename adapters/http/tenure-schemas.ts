import { z } from '@hono/zod-openapi'
import { holderOn, marketRoles, periodFault, type Tenure } from '../../core/domain/tenure.ts'
import { named } from './party-schemas.ts'
import { given } from './schemas.ts'

const day = z.iso.date().openapi({ example: '2026-12-01' })

export const tenureBody = z
  .strictObject({
    party: named,
    from: day.nullish().describe('its first day, by the calendar of the site; null: ever since'),
    until: day.nullish().describe('the first day on which it does not hold any more; null: for good'),
  })
  .superRefine((body, context) => {
    const fault = periodFault(periodGiven(body))
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['until'], message: fault })
  })

export const fromQuery = z.object({ from: day.optional().describe('its first day; not given: the one of ever since') })

export const byRole = z.object({
  id: named.openapi({ param: { name: 'id', in: 'path' } }),
  role: z.enum(marketRoles).openapi({ param: { name: 'role', in: 'path' } }),
})

interface PeriodBody {
  readonly from?: string | null | undefined
  readonly until?: string | null | undefined
}

const periodGiven = ({ from, until }: PeriodBody) => given({ from: from ?? undefined, until: until ?? undefined })

export const tenureFrom = (role: Tenure['role'], body: z.infer<typeof tenureBody>): Tenure => ({
  role,
  party: body.party,
  ...periodGiven(body),
})

export const tenureSchema = z
  .object({
    role: z.enum(marketRoles),
    party: z.string(),
    from: z.string().nullable(),
    until: z.string().nullable(),
  })
  .openapi('Tenure')

export const tenureView = ({ role, party, from, until }: Tenure): z.infer<typeof tenureSchema> => ({
  role,
  party,
  from: from ?? null,
  until: until ?? null,
})

const holder = z
  .object({ party: z.string(), from: z.string().nullable(), until: z.string().nullable() })
  .nullable()
  .describe('now, or at the time that was asked for')

export const holdersSchema = { owner: holder, operator: holder, provider: holder }

/** Who has each role on a day: by the first of these lists that names somebody. */
export const holdersView = (lists: readonly (readonly Tenure[])[], on: string) => {
  const of = (role: Tenure['role']): z.infer<typeof holder> => {
    for (const tenures of lists) {
      const found = holderOn(tenures, role, on)
      if (found !== undefined) return { party: found.party, from: found.from ?? null, until: found.until ?? null }
    }
    return null
  }
  return { owner: of('owner'), operator: of('operator'), provider: of('provider') }
}
