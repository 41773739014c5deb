import type { EvseToTell } from '../../../core/ports/oicp.ts'
import type { EvseDataRecord } from '../../../core/roaming/oicp/records.ts'
import type { PushAction } from '../../../core/roaming/oicp/requests.ts'
import { askHub, type HubReply } from './client.ts'
import { inLane, type Worked } from './lane.ts'
import type { Hub, OicpParts } from './parts.ts'

const ofDelta = 500
const ofFull = 2_000

/** What is wrong with the whole of what we send, and not with one record of it: the certificate, or how we send it. */
const isOfAll = (code: string): boolean => code === '017' || /^[45]\d\d$/.test(code)

type Parts = Pick<OicpParts, 'store' | 'reach' | 'sealer' | 'clock' | 'ledger' | 'log'>

/**
 * Brings the hub's EVSEs to what they are to be: all of them at once at first, and after a push of which nobody knows what
 * came of it; then what has changed. One push after the other, never two at a time.
 */
export const pushEvseData = (parts: Parts, hub: Hub, by: string): Promise<void> =>
  inLane(parts, { hub, lane: 'evseData', by }, async ({ isFull, keep }) => {
    const line: Line = { parts, hub, keep }
    const full = isFull ? await pushAll(line) : undefined
    if (full?.type === 'failed') return full
    const deltas = await pushDeltas(line)
    return deltas.type === 'done' && full !== undefined ? full : deltas
  })

interface Line {
  readonly parts: Parts
  readonly hub: Hub
  readonly keep: () => Promise<boolean>
}

const refOf = ({ hub: { partner } }: Line) => ({ tenant: partner.tenant, partner: partner.id })

const push = async (
  { parts, hub, keep }: Line,
  action: PushAction,
  records: readonly EvseDataRecord[],
): Promise<HubReply> =>
  (await keep())
    ? askHub(parts, hub, { operation: 'evseData', action, records })
    : { type: 'failed', reason: 'somebody else looks after it by now' }

/**
 * All there is, or as much of it as fits; the rest is new to the hub then. One that is refused is found by halving. Where
 * there is nothing yet the hub keeps what it has: it may have it from whoever was here before us.
 */
const pushAll = async (line: Line): Promise<Worked> => {
  const { store } = line.parts
  let records = (await store.allEvses(refOf(line))).slice(0, ofFull)
  if (records.length === 0) return { type: 'done' }
  for (;;) {
    const reply = await push(line, 'fullLoad', records)
    if (reply.type === 'done') {
      await store.fullyTold(refOf(line), records)
      return { type: 'done', isFull: false }
    }
    const [first] = records
    if (reply.type !== 'refused' || isOfAll(reply.code) || first === undefined)
      return { type: 'failed', reason: reply.reason }
    if (records.length === 1)
      await store.evseRefused(refOf(line), { evseId: first.EvseID, wanted: first }, reply.reason)
    records = records.slice(0, Math.floor(records.length / 2))
  }
}

const pushDeltas = async (line: Line): Promise<Worked> => {
  for (;;) {
    const evses = await line.parts.store.evsesToTell(refOf(line), ofDelta)
    if (evses.length === 0) return { type: 'done' }
    const groups: readonly (readonly [PushAction, readonly EvseToTell[]])[] = [
      ['delete', evses.filter(({ wanted }) => wanted === undefined)],
      ['insert', evses.filter(({ wanted, told }) => wanted !== undefined && told === undefined)],
      ['update', evses.filter(({ wanted, told }) => wanted !== undefined && told !== undefined)],
    ]
    for (const [action, its] of groups) {
      const worked = its.length === 0 ? undefined : await pushSome(line, action, its)
      if (worked?.type === 'failed') return worked
    }
  }
}

const recordIn = ({ wanted, told }: EvseToTell): readonly EvseDataRecord[] => {
  const record = wanted ?? told
  return record === undefined ? [] : [record]
}

/** A push is refused as a whole: the guilty record is found, and the others are not held up by it. */
const pushSome = async (line: Line, action: PushAction, evses: readonly EvseToTell[]): Promise<Worked> => {
  const reply = await push(line, action, evses.flatMap(recordIn))
  const { store } = line.parts
  const [first] = evses
  if (reply.type === 'done') await store.evsesTold(refOf(line), evses)
  // whether it has them is not known: only all of them together say it again without a doubt
  else if (reply.type === 'unclear') return { type: 'failed', reason: reply.reason, isFull: true }
  else if (reply.type === 'failed' || isOfAll(reply.code) || first === undefined)
    return { type: 'failed', reason: reply.reason }
  else if (evses.length === 1) await store.evseRefused(refOf(line), first, reply.reason)
  else {
    const half = Math.ceil(evses.length / 2)
    for (const part of [evses.slice(0, half), evses.slice(half)]) {
      const worked = await pushSome(line, action, part)
      if (worked.type === 'failed') return worked
    }
  }
  return { type: 'done' }
}
