import type { Asker } from './desk.ts'

/** What a station only tells: it is kept, and answered with as little as its version allows. */
export const told: Asker<'told'> = (desk, link, asked, ask) => {
  for (const report of ask.reports ?? []) desk.worker.registry.reported(link, report, asked.receivedAt)
  desk.note(link, asked, ask, () => desk.answer(link, asked, 'told', {}))
}
