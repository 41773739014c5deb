import { iccidKey } from '../../core/domain/iccid.ts'
import { eidOf, imeiOf, imsiOf } from '../../core/domain/sim-numbers.ts'
import type { SimState } from '../../core/domain/sim.ts'
import { millionthsOfMb, type UsageDay } from '../../core/domain/usage-day.ts'
import {
  type Connectivity,
  type SimEvent,
  type SimRecord,
  SimUnavailable,
  type SimVerdict,
} from '../../core/ports/sim.ts'
import { type Answer, listOf, type Loose, looseOf, textOf, timeOf } from './session.ts'

/** What both providers say in nearly the same words: their networks are of one make. */

/** A network may go on saying that it has a device for up to two days after it is gone. */
const lagMs = 48 * 3_600_000

export const recordOf = (sim: Loose, state: SimState): SimRecord | undefined => {
  const iccid = iccidKey(textOf(sim['iccid']) ?? '')
  if (iccid === undefined) return undefined
  const read = (of: (text: string) => string | undefined, name: string): string | undefined =>
    of(textOf(sim[name]) ?? '')
  const [imsi, eid, imei] = [read(imsiOf, 'imsi'), read(eidOf, 'eid'), read(imeiOf, 'imei')]
  return {
    iccid,
    state,
    ...(imsi !== undefined && { imsi }),
    ...(eid !== undefined && { eid }),
    ...(imei !== undefined && { imei }),
  }
}

/** `{status: {description: 'ONLINE'}, pdp_contexts: [{created}]}`; emnify has one `pdp_context`. */
export const connectivityOf = (value: unknown): Connectivity => {
  const said = looseOf(value)
  const word = textOf(looseOf(said['status'])['description'])?.toUpperCase()
  if (word === undefined) throw new SimUnavailable('its answer about connectivity cannot be read')
  const known = states[word]
  const contexts = Array.isArray(said['pdp_contexts']) ? said['pdp_contexts'] : [said['pdp_context']]
  const since = timeOf(looseOf(contexts[0])['created'])
  const isOver = textOf(looseOf(said['data_traffic_limit_state'])['description']) === 'REACHED'
  return {
    ...(known ?? { attachment: 'unknown', dataSession: 'unknown', isBlocked: false }),
    ...(isOver && { isBlocked: true }),
    ...(since !== undefined && known?.dataSession === 'open' && { sessionSince: since }),
    lagMs: known?.attachment === 'attached' ? lagMs : 0,
    said: word,
  }
}

type Standing = Pick<Connectivity, 'attachment' | 'dataSession' | 'isBlocked'>

const states: Readonly<Record<string, Standing>> = {
  ONLINE: { attachment: 'attached', dataSession: 'open', isBlocked: false },
  ATTACHED: { attachment: 'attached', dataSession: 'none', isBlocked: false },
  OFFLINE: { attachment: 'detached', dataSession: 'none', isBlocked: false },
  BLOCKED: { attachment: 'unknown', dataSession: 'none', isBlocked: true },
}

/** `{date, data: {volume}, sms: {volume}}`, in MB and messages, both ways together. */
export const usageOf = (value: unknown): readonly UsageDay[] =>
  listOf(value)
    .map((one) => {
      const day = textOf(one['date'])?.slice(0, 10)
      const [data, sms] = [looseOf(one['data'])['volume'] ?? 0, looseOf(one['sms'])['volume'] ?? 0]
      const dataMillionths = millionthsOfMb(data)
      const count = Number(sms)
      // a day that cannot be read is not taken for one on which nothing was used
      if (day === undefined || !isDay(day) || dataMillionths === undefined || !Number.isSafeInteger(count) || count < 0)
        throw new SimUnavailable('its answer about usage cannot be read')
      return { day, dataMillionths, sms: count }
    })
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** `{timestamp, event_type: {description}, description, alert}` */
export const eventsOf = (value: unknown, most: number): readonly SimEvent[] =>
  listOf(value)
    .flatMap((one) => {
      const at = timeOf(one['timestamp'])
      const words = [textOf(looseOf(one['event_type'])['description']), textOf(one['description'])]
      const text = words.filter((word) => word !== undefined).join(': ')
      return at === undefined || text === '' ? [] : [{ at, text, isAlert: one['alert'] === true }]
    })
    .toSorted((a, b) => b.at - a.at)
    .slice(0, most)

/** What was asked for is done, or is not; of a SIM that is not there nothing is. */
export const verdictOf = (answer: Answer): SimVerdict => {
  if (answer.type === 'absent') return { accepted: false, reason: 'it has no such SIM' }
  if (answer.type === 'refused') return { accepted: false, reason: answer.reason }
  const id = textOf(looseOf(answer.json)['id'])
  return { accepted: true, ...(id !== undefined && { detail: `as ${id}` }) }
}
