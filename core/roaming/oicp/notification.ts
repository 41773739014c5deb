import { parseInstant } from '../../domain/instant.ts'
import type { Note } from '../field.ts'
import type { DateTime, Session } from '../model.ts'
import type { Identification } from './identification.ts'
import { kilowattHoursOf } from './kilowatt-hours.ts'

/** What an EMP is told of a session while it lasts (OICP 2.3 eRoamingChargingNotifications, v1.1). */
export type ChargingNotification = About &
  (
    | { readonly Type: 'Start'; readonly ChargingStart: DateTime; readonly SessionStart: DateTime }
    | {
        readonly Type: 'Progress'
        readonly ChargingStart: DateTime
        readonly EventOccurred: DateTime
        /** Milliseconds. */
        readonly ChargingDuration: number
        readonly SessionStart: DateTime
        readonly ConsumedEnergyProgress: number
      }
    | {
        readonly Type: 'End'
        readonly ChargingStart: DateTime
        readonly ChargingEnd: DateTime
        readonly SessionStart: DateTime
        readonly ConsumedEnergy: number
      }
    | {
        readonly Type: 'Error'
        readonly ErrorType: 'Connector Error' | 'Critical Error'
        readonly ErrorAdditionalInfo?: string
      }
  )

interface About {
  readonly SessionID: string
  readonly CPOPartnerSessionID?: string
  readonly EMPPartnerSessionID?: string
  readonly Identification?: Identification
  readonly EvseID: string
}

/** What was told last of a session. */
export interface Told {
  readonly type: ChargingNotification['Type']
  readonly at: number
}

/** Between two of progress. */
export const progressMs = 5 * 60_000

export interface Notified {
  readonly hubSession: string
  readonly evseId: string
  readonly empSession?: string
  readonly identification?: Identification
  readonly told?: Told
  readonly now: number
}

/**
 * What is to be told of a session as it stands, or nothing: that it began, once; how far it has come, every five minutes at
 * most; that it is over or has failed, once. After that nothing more is told of it.
 */
export const notificationOf = (session: Session, known: Notified, note: Note): ChargingNotification | undefined => {
  const { told, now } = known
  if (told?.type === 'End' || told?.type === 'Error') return undefined
  const about = aboutOf(session, known)
  const { start_date_time: start, end_date_time: end, status } = session
  if (status === 'INVALID') return { ...about, Type: 'Error', ErrorType: 'Critical Error' }
  const begun = { ChargingStart: start, SessionStart: start }
  const energy = kilowattHoursOf(session.kwh, note)
  if (status === 'COMPLETED' || end !== undefined)
    return { ...about, ...begun, Type: 'End', ChargingEnd: end ?? session.last_updated, ConsumedEnergy: energy }
  if (status !== 'ACTIVE') return undefined
  if (told === undefined) return { ...about, ...begun, Type: 'Start' }
  if (now - told.at < progressMs) return undefined
  const [from, at] = [parseInstant(start)?.ms ?? now, parseInstant(session.last_updated)?.ms ?? now]
  return {
    ...about,
    ...begun,
    Type: 'Progress',
    EventOccurred: session.last_updated,
    ChargingDuration: Math.max(0, at - from),
    ConsumedEnergyProgress: energy,
  }
}

const aboutOf = ({ id }: Session, { hubSession, evseId, empSession, identification }: Notified): About => ({
  SessionID: hubSession,
  CPOPartnerSessionID: id,
  ...(empSession !== undefined && { EMPPartnerSessionID: empSession }),
  ...(identification !== undefined && { Identification: identification }),
  EvseID: evseId,
})
