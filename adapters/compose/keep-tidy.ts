import { lookWhenDue } from '../postgres/ports.ts'
import { dropOldFrames, removeOld, removeOldFiles } from '../postgres/retention.ts'
import { systemClock } from '../system.ts'
import type { Shared } from './shared.ts'
import { every, hourly } from './undo.ts'

type Parts = Pick<Shared, 'config' | 'log' | 'undo' | 'ingest'>

/** What is looked at again and again, and what has been kept for long enough. */
export const keepTidy = ({ config, log, undo, ingest }: Parts): void => {
  every(undo, 60_000, { what: 'connected ports', log, work: () => lookWhenDue(ingest, systemClock.now()) })
  hourly(undo, 'retention', log, async () => {
    const rows = await removeOld(ingest, config.keepEventsDays)
    if (rows > 0) log.info('old events removed', { rows })
    const files = await removeOldFiles(ingest, config.keepFilesDays)
    if (files > 0) log.info('old files removed', { files })
  })
  hourly(undo, 'retention of frames', log, async () => {
    const dropped = await dropOldFrames(ingest, config.keepFramesDays)
    if (dropped > 0) log.info('old frames dropped', { days: dropped })
  })
}
