import type { MirrorChange } from '../domain/mirror.ts'
import type { Batch, OrderContext, Told } from './dialect.ts'

/**
 * Orders that name many things, and go out in as many CALLs as the station's limits make of them (2.0.1 part 2 B05.FR.11,
 * B06.FR.05, N04.FR.08: ItemsPerMessage, BytesPerMessage).
 */

/** Where a station has not told its limit. */
const usual: Batch = { most: 10, from: 0, refused: [] }
/** More than this is no reason to tell. */
const longestReason = 500

const batchOf = ({ batch }: OrderContext): Batch => ({ ...usual, ...batch })

/** The items of the next message: no two of one kind in it (B05.FR.13), and one at least, however long. */
export const nextPart = <Item>(
  items: readonly Item[],
  context: OrderContext,
  keyOf: (item: Item) => string,
): readonly Item[] => {
  const { most, bytes = Infinity, from } = batchOf(context)
  const keys = new Set<string>()
  const part: Item[] = []
  for (const item of items.slice(from, from + Math.max(1, most))) {
    const key = keyOf(item)
    if (keys.has(key) || (part.length > 0 && lengthOf([...part, item]) > bytes)) break
    keys.add(key)
    part.push(item)
  }
  return part
}

/** Of the payload around the items no more than its field's name is left. */
const around = 40
const lengthOf = (items: readonly unknown[]): number => new TextEncoder().encode(JSON.stringify(items)).length + around

/** What one answer means to the whole order: the next part, or the end. */
export const afterPart = (
  { count, total, refused, learnt }: PartAnswer,
  context: OrderContext,
  isAllUnknown = false,
): Told => {
  const batch = batchOf(context)
  const next: Batch = { ...batch, from: batch.from + count, refused: [...batch.refused, ...refused] }
  if (next.from < total) return { accepted: true, note: `${next.from} of ${total}`, learnt, again: { batch: next } }
  if (next.refused.length === 0) return { accepted: true, learnt }
  const reason = next.refused.join('; ').slice(0, longestReason)
  return { accepted: false, outcome: isAllUnknown && total === count ? 'unsupported' : 'rejected', reason, learnt }
}

interface PartAnswer {
  readonly count: number
  readonly total: number
  readonly refused: readonly string[]
  readonly learnt: readonly MirrorChange[]
}

const tooMuch: ReadonlySet<string> = new Set([
  'FormatViolation',
  'FormationViolation',
  'OccurrenceConstraintViolation',
  'OccurenceConstraintViolation',
])

/** A message that was too much for the station is sent again in halves, once (B06.FR.16, B06.FR.17). */
export const inHalves = (code: string, count: number, context: OrderContext): Partial<OrderContext> | undefined => {
  const batch = batchOf(context)
  if (!tooMuch.has(code) || count < 2 || batch.isHalved === true) return undefined
  return { batch: { ...batch, most: Math.ceil(count / 2), isHalved: true } }
}
