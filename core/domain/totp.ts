import type { Digest } from '../ports/digest.ts'

/**
 * The one-time password in the QR code of a station (2.1 part 2 C25, version v1): HMAC-SHA-256 over the number of the
 * interval, as RFC 6238 has it, written in letters and digits from a place on that the last byte names.
 */
export interface TotpSettings {
  /** What the station has as WebPaymentsCtrlr.SharedSecret. */
  readonly secret: string
  readonly length: number
  readonly validityS: number
}

export const totpVersion = 'v1'
const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const text = new TextEncoder()

/** The password of an interval. */
export const totpOf = (
  digest: Pick<Digest, 'hmac'>,
  { secret, length }: Pick<TotpSettings, 'secret' | 'length'>,
  interval: number,
): string => {
  const moment = new Uint8Array(8)
  new DataView(moment.buffer).setBigUint64(0, BigInt(interval))
  const hash = digest.hmac(text.encode(secret), moment)
  const from = (hash[hash.length - 1] ?? 0) & 0x0f
  return Array.from({ length }, (_, i) => alphabet[(hash[(from + i) % hash.length] ?? 0) % alphabet.length]).join('')
}

/**
 * Whether a password is that of now, of the interval before, or of the one after: clocks differ, and networks take their
 * time. `agoMs`: or of any since then, where somebody has been busy with paying meanwhile.
 */
export const isTotp = (
  digest: Pick<Digest, 'hmac'>,
  settings: TotpSettings,
  { given, now, agoMs = 0 }: { readonly given: string; readonly now: number; readonly agoMs?: number },
): boolean => {
  const intervalMs = settings.validityS * 1_000
  const first = Math.floor((now - agoMs) / intervalMs) - 1
  const last = Math.floor(now / intervalMs) + 1
  for (let interval = Math.max(0, first); interval <= last; interval++)
    if (totpOf(digest, settings, interval) === given) return true
  return false
}
