import { z } from 'zod'
import type { Erp } from '../../core/ports/erp.ts'
import type { ErpFault, ErpKind } from '../../core/ports/erp-kinds.ts'

/** One kind of receiver: the schemas of its settings and secrets, and how to open it with them. */
export const kindOf = <Settings, Secrets>(
  { settings, secrets }: { readonly settings: z.ZodType<Settings>; readonly secrets: z.ZodType<Secrets> },
  open: (settings: Settings, secrets: Secrets, tenant: string) => Erp,
): ErpKind => {
  const schema = z.object({ settings, secrets })
  return {
    faults: (access) => faultsIn(schema.safeParse(access)),
    open(access) {
      const parsed = schema.safeParse(access)
      const [fault] = faultsIn(parsed)
      if (!parsed.success) throw new Error(`${fault?.pointer}: ${fault?.detail}`)
      return open(parsed.data.settings, parsed.data.secrets, access.tenant)
    },
  }
}

const escaped = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1')

const faultsIn = (parsed: z.ZodSafeParseResult<unknown>): readonly ErpFault[] =>
  (parsed.error?.issues ?? []).flatMap((issue) => {
    const at = issue.path.map((part) => `/${escaped(part)}`).join('')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: `${at}/${escaped(key)}`, detail: 'is not a field of this' }))
    return [{ pointer: at, detail: issue.message }]
  })

/** How long the whole of one attempt may take, in s; less than `attemptMs` of core/domain/delivery.ts. */
export const timeoutS = z.number().int().min(1).max(55).default(20)

/** Whether statements of months that are closed from now on go there, too. */
export const statements = z.boolean().default(false)

/** Of a kind that takes none. */
export const noStatements = z.literal(false, 'must be false: it takes invoices, and statements are none').optional()

/** An address of http or https without a password in it. */
export const httpUrl = z
  .string()
  .max(2_000)
  .refine((text) => isHttp(text), 'must be an address of http or https, without a user, a password or a fragment')

const isHttp = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '' && hash === ''
}

/** A text for a header: nothing in it ends a line. */
export const headerText = z
  .string()
  .max(1_000)
  .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')
