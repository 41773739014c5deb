import { alarms } from '../../core/domain/alarm.ts'
import type { Asker } from './desk.ts'

/** What a station only tells: it is kept, and answered with as little as its version allows. */
export const told: Asker<'told'> = (desk, link, asked, ask) => {
  const { registry, reporter } = desk.worker
  for (const report of ask.reports ?? []) registry.reported(link, report, asked.receivedAt)
  desk.note(link, asked, ask, ({ repeated }) => {
    desk.answer(link, asked, 'told', {})
    if (ask.alarm === undefined || repeated) return
    const { ref, epoch } = link.seat
    const alarm = { alarm: alarms.criticalEvent, detail: ask.alarm }
    reporter.report({ kind: 'alarm', ...ref, epoch, at: asked.receivedAt, ...alarm })
  })
}
