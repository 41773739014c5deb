import { type Instant, parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import type { Heard } from '../dialect.ts'

const day = 86_400_000
const year = 365 * day
const firstStations = Date.UTC(2015, 0)

/** What the operator is told about an untidy billing message that was kept all the same (D-12). */
export const flagsOf = ({ untidy, repairedBy }: Heard): readonly string[] =>
  untidy === undefined && repairedBy === undefined
    ? none
    : [...(untidy === undefined ? [] : [untidy]), ...(repairedBy === undefined ? [] : [`repaired: ${repairedBy}`])]
const none: readonly string[] = []

/**
 * A billing message's time: what cannot be read becomes the time of receipt, what is odd is flagged, nothing is refused.
 * `key` is the same for the same text, also when it is sent again later.
 */
export const billingTime = (
  text: string,
  heard: Heard,
): { readonly ms: number; readonly key: string; readonly clockless: boolean; readonly flags: readonly string[] } => {
  const instant: Instant | undefined = parseInstant(text)
  if (instant === undefined)
    return { ms: heard.now, key: clean(text), clockless: true, flags: ['timestamp cannot be read'] }
  return {
    ms: instant.ms,
    key: String(instant.ms),
    clockless: instant.ms < firstStations || instant.ms > heard.now + day,
    flags: [
      ...(instant.zoneless ? ['timestamp without zone'] : []),
      ...(Math.abs(instant.ms - heard.now) > year ? ['clock is off by more than a year'] : []),
    ],
  }
}
