import { z } from 'zod'
import type { DataTariff } from '../../core/domain/connectivity-cost.ts'
import { decimalPattern } from '../../core/domain/decimal.ts'
import type { SimProvider } from '../../core/ports/sim.ts'
import type { SimAccess, SimFault, SimKind, SimPolicy, Turn } from '../../core/ports/sim-kinds.ts'

const hourMs = 3_600_000

const decimal = z.string().regex(decimalPattern, 'must be a decimal number as text: 0.20')

/** How a provider is dealt with, whatever its kind; `perMinute` is what each of them has. */
export const dealings = (mostPerMinute: number, usualPerMinute: number) => ({
  /** Requests a minute at most. */
  perMinute: z.number().int().min(1).max(mostPerMinute).default(usualPerMinute),
  /** After how many hours a SIM is looked at again. */
  pollHours: z.number().int().min(1).max(168).default(24),
  /** What a SIM may use in a month before there is an alarm. */
  capMb: decimal.optional(),
  tariff: z
    .strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217'),
      perMonth: decimal.optional(),
      perMb: decimal.optional(),
      perSms: decimal.optional(),
    })
    .optional(),
  /** What is sent to wake a charge point up. */
  wakeUpText: z
    .string()
    .regex(/^[\x20-\x7e]{1,160}$/, 'must be 1 to 160 characters of ASCII')
    .default('wakeup'),
})
type Dealings = z.infer<z.ZodObject<ReturnType<typeof dealings>>>

/** How long a request may take, in s; what is asked of a SIM in a row ends before its lane is taken for dead. */
export const timeoutS = z.number().int().min(1).max(30).default(15)

/** The beginning of addresses of https, without a password in it; of hosts that the operator has named also of http. */
export const baseUrl = (usual: string, namedHosts: readonly string[]) =>
  z
    .string()
    .max(2_000)
    .refine((text) => isBase(text, namedHosts), 'must be an address of https, without a user, a query or a fragment')
    .transform((text) => text.replace(/\/+$/, ''))
    .default(usual)

const isBase = (text: string, namedHosts: readonly string[]): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, hash, search } = new URL(text)
  // what we are let in with goes with every request
  const isSafe = protocol === 'https:' || (protocol === 'http:' && namedHosts.includes(hostname.toLowerCase()))
  return isSafe && [username, password, hash, search].every((part) => part === '')
}

interface Opened<Settings, Secrets> {
  readonly settings: Settings
  readonly secrets: Secrets
  readonly access: SimAccess
  readonly turn: Turn
}

/** One kind of provider: the schemas of its settings and secrets, and how to open it with them. */
export const kindOf = <Settings extends Dealings, Secrets>(
  { settings, secrets }: { readonly settings: z.ZodType<Settings>; readonly secrets: z.ZodType<Secrets> },
  open: (opened: Opened<Settings, Secrets>) => SimProvider,
): SimKind => {
  const schema = z.object({ settings, secrets })
  const read = (access: SimAccess): { readonly settings: Settings; readonly secrets: Secrets } => {
    const parsed = schema.safeParse(access)
    const [fault] = faultsIn(parsed)
    if (!parsed.success) throw new Error(`${fault?.pointer}: ${fault?.detail}`)
    return parsed.data
  }
  return {
    faults: (access) => faultsIn(schema.safeParse(access)),
    policy: (access) => policyOf(read(access).settings),
    open: (access, turn) => open({ ...read(access), access, turn }),
  }
}

const policyOf = ({ perMinute, pollHours, capMb, tariff, wakeUpText }: Dealings): SimPolicy => ({
  perMinute,
  pollMs: pollHours * hourMs,
  wakeUpText,
  ...(capMb !== undefined && { capMb }),
  ...(tariff !== undefined && { tariff: tariff as DataTariff }),
})

const escaped = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1')

const faultsIn = (parsed: z.ZodSafeParseResult<unknown>): readonly SimFault[] =>
  (parsed.error?.issues ?? []).flatMap((issue) => {
    const at = issue.path.map((part) => `/${escaped(part)}`).join('')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: `${at}/${escaped(key)}`, detail: 'is not a field of this' }))
    return [{ pointer: at, detail: issue.message }]
  })
