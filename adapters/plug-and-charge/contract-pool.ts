import type { ContractCertificates, ContractExchanged } from '../../core/ports/contract-certificates.ts'

export interface ContractPoolOptions {
  /** Absent = there is none: every exchange fails. */
  readonly url?: string
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string
  /** Default 4,000: the vehicle gives up after 4,500. */
  readonly timeoutMs?: number
}

/** The longest exiResponse of 2.1 is 17,000 characters. */
const mostBytes = 65_536

/**
 * A contract pool over HTTP: `POST` of what the vehicle asks, as JSON, answered 200 with `{ status: 'Accepted' | 'Failed',
 * exiResponse?, remainingContracts? }`; the names are those of 2.1. The address is the operator's: it is not looked at.
 */
export const contractPool = ({ url, token, timeoutMs = 4_000 }: ContractPoolOptions): ContractCertificates => ({
  async exchange({ action, schemaVersion, exiRequest, mostChains, prioritized }) {
    if (url === undefined) return failed('no contract pool is connected')
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({
          action,
          iso15118SchemaVersion: schemaVersion,
          exiRequest,
          ...(mostChains !== undefined && { maximumContractCertificateChains: mostChains }),
          ...(prioritized !== undefined && { prioritizedEMAIDs: prioritized }),
        }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.status !== 200) {
        await response.body?.cancel()
        return failed(`the contract pool answered ${response.status}`)
      }
      return answerOf(JSON.parse(await textOf(response)))
    } catch (error) {
      return failed(`the contract pool: ${error instanceof Error ? error.message : String(error)}`)
    }
  },
})

const failed = (reason: string): ContractExchanged => ({ accepted: false, exiResponse: '', reason })

const textOf = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > mostBytes) throw new Error(`more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const answerOf = (answer: unknown): ContractExchanged => {
  if (answer === null || typeof answer !== 'object') return failed('the contract pool answered something else')
  const { status, exiResponse, remainingContracts: remaining } = answer as Readonly<Record<string, unknown>>
  const isExi = typeof exiResponse === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(exiResponse)
  if (status !== 'Accepted' && status !== 'Failed') return failed('the contract pool answered no status')
  if (!isExi && (status === 'Accepted' || exiResponse !== undefined)) return failed('the contract pool answered no EXI')
  if (status === 'Accepted' && exiResponse === '') return failed('the contract pool answered no EXI')
  return {
    accepted: status === 'Accepted',
    exiResponse: isExi ? exiResponse : '',
    ...(Number.isSafeInteger(remaining) && (remaining as number) >= 0 && { remaining: remaining as number }),
    ...(status === 'Failed' && { reason: 'the contract pool has none' }),
  }
}
