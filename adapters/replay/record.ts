import type { RecordedEntry, Recording, SessionAccount } from '../../core/domain/recording.ts'
import { milliWattHours } from '../../core/domain/units.ts'
import { type Api, pagesOf } from './api.ts'
import { fromJournal } from './journal.ts'
import { type FrameShown, type MessageShown, msOf, type SessionShown } from './shown.ts'

/** A socket that opened longer ago than this is not played from its beginning. */
const longestSocketMs = 24 * 3_600_000
/** Then so much before the session begins. */
const leadMs = 15 * 60_000
/** What still belongs to it after its last message: answers, statuses. */
const tailMs = 60_000
const mostEntries = 20_000
const mostMessages = 100_000

/** Everything that a server still knows of a session, for a replay. Undefined where it has no such session. */
export const record = async (api: Api, id: string, now: number): Promise<Recording | undefined> => {
  const session = await api.get<SessionShown>(`/api/v1/sessions/${encodeURIComponent(id)}`)
  if (session === undefined) return undefined
  const messages = await pagesOf<MessageShown>(api, `/api/v1/sessions/${session.id}/messages`, mostMessages)
  const times = messages.map(({ receivedAt }) => msOf(receivedAt))
  const [first, last] = [Math.min(...times, now), Math.max(...times, 0)]
  const isOver = session.state === 'closed' || session.state === 'orphan'
  const frames = `/api/v1/charge-points/${encodeURIComponent(session.chargePoint)}/frames`
  const [opening] = await pagesOf<FrameShown>(api, `${frames}?kind=opened&to=${iso(first + 1)}`, 1)
  const openedAt = opening === undefined ? undefined : msOf(opening.at)
  const isFromOpening = openedAt !== undefined && first - openedAt <= longestSocketMs
  const from = isFromOpening ? openedAt : first - leadMs
  const to = isOver ? last + tailMs : now
  const traced = await pagesOf<FrameShown>(api, `${frames}?from=${iso(from)}&to=${iso(to)}`, mostEntries)
  const entries = traced.toReversed().map(entryOf)
  const { added, ...journal } = fromJournal(session, messages, entries)
  return {
    identity: session.chargePoint,
    protocol: messages[0]?.protocol ?? 'ocpp1.6',
    // in the order of their time; of one moment what was traced comes first, in its own order
    entries: [...entries, ...added].sort((a, b) => a.at - b.at),
    stored: storedOf(session),
    until: isOver ? to : now,
    missing: [
      ...(entries.length === 0
        ? [
            'its trace was not kept: statuses, authorisations, orders, sockets and our answers are not known; this is the journal alone',
          ]
        : isFromOpening
          ? []
          : ['how its socket opened is not in the trace: it is taken for accepted, its connectors for unknown']),
      ...(entries.length === mostEntries ? [`only the last ${mostEntries} entries of the trace are played`] : []),
      ...(entries.length > 0 && journal.messages > 0
        ? [`${journal.messages} messages of the session are not in the trace and come from the journal`]
        : []),
    ],
  }
}

const iso = (ms: number): string => new Date(Math.max(0, ms)).toISOString()

const entryOf = ({ at, kind, direction, action, messageId, latencyMs, verdict, frame }: FrameShown): RecordedEntry => ({
  at: msOf(at),
  kind,
  ...(direction !== null && { direction }),
  ...(action !== null && { action }),
  ...(messageId !== null && { messageId }),
  ...(latencyMs !== null && { latencyMs }),
  ...(verdict !== null && { verdict }),
  text: typeof frame === 'string' ? frame : JSON.stringify(frame),
})

const storedOf = (session: SessionShown): SessionAccount => {
  const { id, transaction, authorization, state, startedAt, endedAt, stopReason } = session
  const energy = {
    meterStartMwh: mwhOf(session.meterStartWh),
    meterStopMwh: mwhOf(session.meterStopWh),
    energyMwh: mwhOf(session.energyWh),
  }
  return {
    id,
    state,
    ...(transaction !== null && { transaction }),
    ...(authorization !== null && { authorization }),
    ...(startedAt !== null && { startedAt: msOf(startedAt) }),
    ...(endedAt !== null && { endedAt: msOf(endedAt) }),
    ...(energy.meterStartMwh !== undefined && { meterStartMwh: energy.meterStartMwh }),
    ...(energy.meterStopMwh !== undefined && { meterStopMwh: energy.meterStopMwh }),
    ...(energy.energyMwh !== undefined && { energyMwh: energy.energyMwh }),
    ...(stopReason !== null && { stopReason }),
  }
}

const mwhOf = (wh: number | null): number | undefined => (wh === null ? undefined : milliWattHours(wh))
