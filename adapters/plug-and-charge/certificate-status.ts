import type { CertificateStatus, StatusAnswer, StatusEnquiry } from '../../core/ports/certificate-status.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Revocation } from '../../core/ports/revocation.ts'
import type { Resolve } from './addresses.ts'
import { call } from './call.ts'

export interface CertificateStatusParts {
  readonly revocation: Revocation
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
  /** For all addresses of one question; default 3,000. A vehicle waits 4.5 s for all of it. */
  readonly timeoutMs?: number
}

/** A response with the certificates of its responder is 2–6 KB; lists of large issuers have some 100 KB. */
const mostBytes = { ocsp: 16_384, crl: 2_097_152 }
/** Of responses, which are kept whole; the oldest goes first. */
const mostKept = 1_000
/** At the same time, whatever stations ask: the others fail at once. */
const mostCalls = 64

/** Asks over HTTP (RFC 6960 appendix A, RFC 5280 §4.2.1.13), and keeps answers until their next update. */
export const certificateStatus = (parts: CertificateStatusParts): CertificateStatus => {
  const { revocation, resolve, clock, timeoutMs = 3_000 } = parts
  const kept = new Map<string, StatusAnswer>()
  const open = new Map<string, Promise<StatusAnswer>>()

  const fetched = async (url: string, enquiry: StatusEnquiry, signal: AbortSignal): Promise<StatusAnswer> => {
    const { source, hash, issuers = [] } = enquiry
    if (source === 'crl') {
      const list = await call(resolve, { url, accept: 'application/pkix-crl', mostBytes: mostBytes.crl, signal })
      return revocation.readCrl(list, { hash, issuers })
    }
    const body = revocation.ocspRequest(hash)
    if (body === undefined) throw new Error('hashes that are no hexadecimal digits')
    const response = await call(resolve, {
      url,
      body,
      type: 'application/ocsp-request',
      accept: 'application/ocsp-response',
      mostBytes: mostBytes.ocsp,
      signal,
    })
    const reading = await revocation.readOcsp(response, { hash, issuers })
    return reading.status === 'failed' ? reading : { ...reading, response: Buffer.from(response).toString('base64') }
  }

  /** One call for all who ask the same at the same time. */
  const once = (key: string, asking: () => Promise<StatusAnswer>): Promise<StatusAnswer> => {
    const running = open.get(key)
    if (running !== undefined) return running
    if (open.size >= mostCalls) return Promise.reject(new Error('too many are asked at once'))
    const calling = asking()
      .then((answer) => keep(key, answer))
      .finally(() => open.delete(key))
    open.set(key, calling)
    return calling
  }
  const keep = (key: string, answer: StatusAnswer): StatusAnswer => {
    // one that nobody knows yet may be known in a moment
    if (answer.status !== 'good' && answer.status !== 'revoked') return answer
    kept.delete(key)
    kept.set(key, answer)
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return answer
  }

  const askOne = async (url: string, enquiry: StatusEnquiry, signal: AbortSignal): Promise<StatusAnswer> => {
    const key = keyOf(url, enquiry)
    const known = kept.get(key)
    if (known !== undefined && (known.nextUpdate ?? 0) > clock.now()) return known
    return bounded(
      once(key, () => fetched(url, enquiry, signal)),
      signal,
    )
  }

  return {
    async ask(enquiry) {
      const signal = AbortSignal.timeout(timeoutMs)
      let reason = 'it names no address'
      for (const url of enquiry.urls) {
        try {
          const answer = await askOne(url, enquiry, signal)
          if (answer.status !== 'failed') return answer
          reason = answer.reason ?? reason
        } catch (error) {
          reason = signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error)
        }
      }
      return { status: 'failed', reason }
    },
  }
}

/** The address is part of it: what one address says of a certificate is no answer of another's. So are those it was checked against. */
const keyOf = (url: string, { source, hash, issuers = [] }: StatusEnquiry): string =>
  [source, url, hash.hashAlgorithm, hash.issuerNameHash, hash.issuerKeyHash, hash.serialNumber, ...issuers].join('|')

/** Names are looked up without heeding a signal. */
const bounded = <Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
  new Promise((done, fail) => {
    const late = (): void => fail(new Error('too late'))
    if (signal.aborted) late()
    signal.addEventListener('abort', late, { once: true })
    work.then(done, fail).finally(() => signal.removeEventListener('abort', late))
  })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
