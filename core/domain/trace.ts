/** The trace of a charge point: its frames, and what its actors heard and decided beside them. */

export const traceKinds = ['frame', 'opened', 'closed', 'deadline', 'registration', 'order', 'token'] as const
/**
 * `frame` a text on the wire; `opened`, `closed` its sockets; `deadline` one that came; `registration` what it was told,
 * or what the operator changed; `order` one of ours that was written to it; `token` whether a token may charge.
 */
export type TraceKind = (typeof traceKinds)[number]

export type Direction = 'in' | 'out'

/** What is noted, by whoever has it at hand; when, and in which order, is the trace's own word. */
export interface Traced {
  readonly kind: TraceKind
  /** Of frames only. */
  readonly direction?: Direction | undefined
  /** Of a frame the OCPP action, of an answer that of the CALL it answers; of another entry what it was about. */
  readonly action?: string | undefined
  /** The OCPP message id of the frame, or of the CALL that an entry belongs to. */
  readonly messageId?: string | undefined
  /** Of an answer: whole milliseconds since its CALL. */
  readonly latencyMs?: number | undefined
  /** What became of it: see `verdicts`; of an answer that is an error its code, of another entry its outcome. */
  readonly verdict?: string | undefined
  /** The frame as it is on the wire; of another entry its details, as JSON. */
  readonly text: string
}

/** What may become of a frame. A CALLERROR has its own code in place of one of these. */
export const verdicts = {
  /** A CALL of the station that will be answered. */
  taken: 'taken',
  /** The same CALL again while the first is unanswered: one answer for both (BI-35). */
  coalesced: 'coalesced',
  /** Another CALL under the id of one that is unanswered. */
  idInUse: 'id in use',
  /** A CALL that is none, whose id can be read. */
  malformed: 'malformed',
  unreadable: 'unreadable',
  /** Nobody waited for it, or there were too many. */
  dropped: 'dropped',
  /** A CALL of ours. */
  sent: 'sent',
  answered: 'answered',
  /** An answer after nobody waited for it any more. */
  late: 'late',
} as const

/** Where an entry stands: entries of one charge point are in the order of these two. */
export interface TracePosition {
  /** Our clock, ms since 1970 UTC. */
  readonly at: number
  /** In the order in which its worker noted them. */
  readonly serial: number
}

export interface TraceEntry extends Traced, TracePosition {
  /** UTF-8 bytes of the text as it was. */
  readonly size: number
}

/** Which entries are wanted; what is absent is no condition. */
export interface TraceFilter {
  readonly from?: number
  /** Not included. */
  readonly to?: number
  readonly kind?: TraceKind
  readonly direction?: Direction
  readonly action?: string
  readonly verdict?: string
  /** The masked text holds one of these. */
  readonly texts?: readonly string[]
}

/** A page of a trace, newest first: entries older than `below`. */
export interface TraceQuery extends TraceFilter {
  readonly limit: number
  readonly below?: TracePosition
}

/** Whether it fits as far as its time tells: for those who look before they read the text. */
export const isInTime = ({ at, serial }: TracePosition, { from, to, below }: Omit<TraceQuery, 'limit'>): boolean =>
  (from === undefined || at >= from) &&
  (to === undefined || at < to) &&
  (below === undefined || at < below.at || (at === below.at && serial < below.serial))

export const isWanted = (entry: TraceEntry, { kind, direction, action, verdict, texts }: TraceFilter): boolean =>
  (kind === undefined || entry.kind === kind) &&
  (direction === undefined || entry.direction === direction) &&
  (action === undefined || entry.action === action) &&
  (verdict === undefined || entry.verdict === verdict) &&
  (texts === undefined || texts.some((text) => entry.text.includes(text)))

const isNewer = (a: TracePosition, b: TracePosition): boolean => a.at > b.at || (a.at === b.at && a.serial > b.serial)

/** Two lists, each newest first, as one: what is in both is the same entry. Either may know what the other does not. */
export const mergedTrace = (a: readonly TraceEntry[], b: readonly TraceEntry[]): readonly TraceEntry[] => {
  const merged: TraceEntry[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [left, right] = [a[i], b[j]]
    if (left === undefined) return [...merged, ...b.slice(j)]
    if (right === undefined) return [...merged, ...a.slice(i)]
    if (isNewer(left, right)) {
      merged.push(left)
      i++
    } else {
      merged.push(right)
      j++
      if (!isNewer(right, left)) i++
    }
  }
}

/** A position as a text for cursors. */
export const positionText = ({ at, serial }: TracePosition): string => `${at}-${serial}`

/** Undefined for what is none of ours. */
export const parsePosition = (text: string): TracePosition | undefined => {
  const [, at, serial] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  return at === undefined || serial === undefined ? undefined : { at: Number(at), serial: Number(serial) }
}
