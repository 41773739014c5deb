import type { Changes, FiledSample } from '../../core/domain/changes.ts'
import { readingKey, sampledAt } from '../../core/domain/fact.ts'
import type { Reading } from '../../core/domain/meter.ts'
import { momentOf } from '../../core/domain/session.ts'
import type { Digest } from '../../core/ports/digest.ts'
import { hasEither } from './columns.ts'

/** One reading as it is filed: a row of `samples`. */
export interface SampleRow extends FiledSample {
  readonly reading: Reading
  readonly at: number
  readonly key: string
}

/** The rows of the readings of a batch. */
export const sampleRows = (samples: Changes['samples'], digest: Digest): readonly SampleRow[] => {
  const rows: SampleRow[] = []
  for (const { session, fact } of samples) {
    const evse = sampledAt({ session, fact })
    for (const reading of fact.readings) {
      if (hasEither(reading.text)) throw new Error('a reading holds a separator')
      const key = readingKey(digest, evse, fact.transaction, reading)
      rows.push({ session, fact, reading, at: momentOf(session, reading), key })
    }
  }
  return rows
}
