import { formatInstant } from '../../../core/domain/instant.ts'
import { clean } from '../../../core/domain/text.ts'
import type { Lost } from './losses.ts'

/**
 * What surrounds every answer, also one that refuses (OCPI 2.3.0 transport, "Response format"). HTTP's status speaks of the
 * transport alone; what came of the request is the status code inside.
 */
export interface Answer {
  /** Of HTTP; absent = 200. */
  readonly http?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly code: number
  readonly message?: string
  readonly data?: unknown
  /** What could not be said in `data`, as `toWire` has told: for the ledger. */
  readonly losses?: readonly Lost[]
  /** Told how long it has become, when it is written. */
  readonly noted?: (bytes: number) => void
}

/** Status codes of OCPI that we answer with (2.3.0 status_codes). */
export const codes = {
  success: 1000,
  clientError: 2000,
  invalid: 2001,
  notEnough: 2002,
  unknownLocation: 2003,
  unknownToken: 2004,
  serverError: 3000,
  /** The other side's versions or details could not be read. */
  unusable: 3001,
  noCommonVersion: 3002,
  endpointsMissing: 3003,
  unknownReceiver: 4001,
} as const

export const success = (data?: unknown): Answer => ({ code: codes.success, ...(data !== undefined && { data }) })

export const refusal = (code: number, message: string, http?: number): Answer => ({
  code,
  message,
  ...(http !== undefined && { http }),
})

export const notAllowed = (allowed: readonly string[], message: string): Answer => ({
  http: 405,
  code: codes.clientError,
  message,
  headers: { allow: allowed.join(', ') },
})

/** OCPI writes whole seconds; fractions are for readers that expect them. */
export const timestamp = (ms: number): string => `${formatInstant(ms).slice(0, 19)}Z`

export const respond = (
  { http = 200, headers = {}, code, message, data, noted }: Answer,
  { at, echoed }: { readonly at: number; readonly echoed: Readonly<Record<string, string>> },
): Response => {
  const text = JSON.stringify({
    ...(data !== undefined && { data }),
    status_code: code,
    ...(message !== undefined && { status_message: message }),
    timestamp: timestamp(at),
  })
  noted?.(text.length)
  return new Response(text, {
    status: http,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...echoed, ...headers },
  })
}

/** An envelope as a partner sent it. */
export interface Opened {
  readonly code: number
  readonly message: string
  readonly data: unknown
}

export const opened = (text: string): Opened | undefined => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof body !== 'object' || body === null || !('status_code' in body)) return undefined
  const { status_code: code } = body
  if (typeof code !== 'number' || !Number.isInteger(code)) return undefined
  const message = 'status_message' in body && typeof body.status_message === 'string' ? body.status_message : ''
  return { code, message: clean(message, 200), data: 'data' in body ? body.data : undefined }
}
