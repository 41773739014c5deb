import type { Link } from '../link.ts'
import type { Asker } from './desk.ts'

/** More than any station has good use for; each of its values is a row here. */
const mostStreams = 20
/** So many values may wait before it is told to send less often; and it is, once more, where twice as many wait. */
const mostPending = 100

const streamsOf = (link: Link): Map<number, number> => (link.streams ??= new Map<number, number>())

/** A station wants to send values in a stream: it may, but in a great many (2.1 N11). Refused, it sends them as events. */
export const eventStream: Asker<'stream.open'> = (desk, link, asked, ask) => {
  const known = streamsOf(link)
  if (!known.has(ask.stream) && known.size >= mostStreams)
    return desk.answer(link, asked, 'stream.open', { accepted: false })
  known.set(ask.stream, 0)
  desk.note(link, asked, ask, () => desk.answer(link, asked, 'stream.open', { accepted: true }))
}

/** A piece of a stream. Where ever more values wait in the station it is told to send less often (2.1 N14, N15). */
export const streamValues: Asker<'stream.values'> = (desk, link, asked, ask) => {
  const { stream, pending } = ask
  desk.note(link, asked, ask, () => desk.answer(link, asked, 'stream.values', {}))
  const known = streamsOf(link)
  const before = known.get(stream) ?? 0
  if (pending <= mostPending) return void known.set(stream, 0)
  if (pending < before * 2) return
  // of one that was opened on a socket before this one the number may be any: it is not kept without an end
  if (known.size < mostStreams || known.has(stream)) known.set(stream, pending)
  desk.worker.orderFor(link.seat.ref, { type: 'adjustEventStream', stream, isSlower: true })
}

export const closedStream: Asker<'stream.close'> = (desk, link, asked, ask) => {
  link.streams?.delete(ask.stream)
  desk.note(link, asked, ask, () => desk.answer(link, asked, 'stream.close', {}))
}
