import { clean } from '../../core/domain/text.ts'
import type { Company, VatNumbers, VatVerdict } from '../../core/ports/vat-numbers.ts'
import { compact, formFault } from './forms.ts'

interface Options {
  /** A service that knows them: `{number}` in its address is the number. Absent = the form alone counts. */
  readonly url?: string | undefined
  /** A driver stands at the station meanwhile. */
  readonly timeoutMs?: number
  /** Hears of a service that did not answer. */
  readonly failed: (reason: string) => void
}

const mostBytes = 65_536

/**
 * VAT numbers by their form, and where there is a service that knows them, by its word:
 * `{"valid": true, "company": {"name": …, "address1": …, "city": …, "country": …}}`. One that does not answer leaves the
 * form to count.
 */
export const vatNumbers = ({ url, timeoutMs = 5_000, failed }: Options): VatNumbers => ({
  async check(number) {
    const fault = formFault(number)
    if (fault !== undefined) return { isValid: false, reason: fault }
    if (url === undefined) return { isValid: true }
    try {
      return verdictOf(await answerOf(url.replaceAll('{number}', encodeURIComponent(compact(number))), timeoutMs))
    } catch (error) {
      failed(String(error))
      return { isValid: true }
    }
  },
})

const answerOf = async (url: string, timeoutMs: number): Promise<unknown> => {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new Error(`it answered ${response.status}`)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > mostBytes) throw new Error(`it answered more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
}

const verdictOf = (answer: unknown): VatVerdict => {
  const { valid, company } = (answer ?? {}) as { readonly valid?: unknown; readonly company?: unknown }
  if (typeof valid !== 'boolean') throw new Error('it did not say whether it is valid')
  if (!valid) return { isValid: false, reason: 'nobody has this VAT number' }
  const named = companyOf(company)
  return { isValid: true, ...(named !== undefined && { company: named }) }
}

const fields = { name: 50, address1: 100, address2: 100, city: 100, postalCode: 20, country: 50 } as const
const required = ['name', 'address1', 'city', 'country']

/** As much of it as the station can be told, or nothing where that is too little. */
const companyOf = (given: unknown): Company | undefined => {
  if (given === null || typeof given !== 'object') return undefined
  const company = Object.fromEntries(
    Object.entries(fields).flatMap(([name, longest]) => {
      const value: unknown = given[name as keyof typeof given]
      return typeof value === 'string' && value !== '' ? [[name, clean(value, longest)]] : []
    }),
  )
  return required.every((name) => company[name] !== undefined) ? (company as unknown as Company) : undefined
}
