import type { RecordedEntry } from '../../core/domain/recording.ts'

export interface AnswerDifference {
  readonly messageId: string
  readonly recorded: string
  readonly replayed: string | undefined
}

/** What depends on the moment, and not on what was asked. */
const ofTheMoment = ['currentTime', 'interval', 'expiryDate']

/** Our answers as they were, beside our answers as they are now, by the message ids that they answer. */
export class Answers {
  readonly #recorded = new Map<string, string[]>()
  readonly #replayed = new Map<string, string[]>()
  #transactions: Map<string, number> | undefined

  constructor(entries: readonly RecordedEntry[]) {
    for (const { kind, direction, verdict, messageId, text } of entries)
      if (kind === 'frame' && direction === 'out' && verdict !== 'sent' && messageId !== undefined)
        push(this.#recorded, messageId, text)
  }

  said(text: string): void {
    const frame = frameOf(text)
    if (frame !== undefined && frame[0] !== 2) push(this.#replayed, String(frame[1]), text)
  }

  /** The transaction id that a StartTransaction was given then. */
  transactionFor(wire: string): number | undefined {
    return this.#given().get(String(frameOf(wire)?.[1]))
  }

  /** Whether any answer that was recorded gave this transaction id. */
  gave(transaction: string | undefined): boolean {
    return [...this.#given().values()].some((given) => String(given) === transaction)
  }

  #given(): ReadonlyMap<string, number> {
    return (this.#transactions ??= new Map(
      [...this.#recorded].flatMap(([id, texts]) =>
        texts.flatMap((text) => {
          const payload = frameOf(text)?.[2]
          const given = typeof payload === 'object' && payload !== null && 'transactionId' in payload ? payload : {}
          return 'transactionId' in given && typeof given.transactionId === 'number' ? [[id, given.transactionId]] : []
        }),
      ),
    ))
  }

  get compared(): number {
    return [...this.#recorded.values()].reduce((sum, texts) => sum + texts.length, 0)
  }

  differences(): readonly AnswerDifference[] {
    return [...this.#recorded].flatMap(([messageId, texts]) =>
      texts.flatMap((recorded, i) => {
        const replayed = this.#replayed.get(messageId)?.[i]
        return replayed !== undefined && timeless(recorded) === timeless(replayed)
          ? []
          : [{ messageId, recorded, replayed }]
      }),
    )
  }
}

const push = (to: Map<string, string[]>, key: string, text: string): void => {
  const known = to.get(key)
  if (known === undefined) to.set(key, [text])
  else known.push(text)
}

const frameOf = (text: string): readonly unknown[] | undefined => {
  try {
    const frame: unknown = JSON.parse(text)
    return Array.isArray(frame) ? frame : undefined
  } catch {
    return undefined
  }
}

const timeless = (text: string): string =>
  JSON.stringify(frameOf(text) ?? text, (key, value: unknown) => (ofTheMoment.includes(key) ? undefined : value))
