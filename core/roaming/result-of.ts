import type { Command } from '../domain/command.ts'
import type { ProfileCommandType, RoamingCommand } from '../domain/roaming-command.ts'
import { compositeFrom16 } from '../ocpp/charging-profile.ts'
import { compositeFrom2 } from '../ocpp/charging-profile-2.ts'
import { activeProfileOf, profileResult } from './charging-profile.ts'
import { commandResultOf } from './command-result.ts'
import type { Json } from './field.ts'
import type { Kind } from './objects/index.ts'

type Type = RoamingCommand['type']
type Carried = Pick<Command, 'order' | 'state' | 'outcome' | 'answer' | 'reason'>

/** What kind of object the result of each is. */
export const resultKinds: Readonly<Record<Type, Kind>> = {
  START_SESSION: 'commandResult',
  STOP_SESSION: 'commandResult',
  RESERVE_NOW: 'commandResult',
  CANCEL_RESERVATION: 'commandResult',
  UNLOCK_CONNECTOR: 'commandResult',
  SET_PROFILE: 'chargingProfileResult',
  GET_PROFILE: 'activeChargingProfileResult',
  CLEAR_PROFILE: 'clearProfileResult',
}

const isOfProfiles = (type: Type): type is ProfileCommandType => resultKinds[type] !== 'commandResult'

const said = (result: string, why?: string): Json => ({
  result,
  ...(why !== undefined && { message: [{ language: 'en', text: why.slice(0, 512) }] }),
})

/** What a partner is told of its command, by the order that carries it out; undefined while there is no answer. */
export const resultOf = (type: Type, command: Carried, at: number): Json | undefined => {
  const result = commandResultOf(command)
  if (result === undefined) return undefined
  if (!isOfProfiles(type)) return said(result, result === 'ACCEPTED' ? undefined : command.reason)
  if (result === 'ACCEPTED') return type === 'GET_PROFILE' ? found(command, at) : profileResult('ACCEPTED')
  return profileResult(type === 'CLEAR_PROFILE' && result === 'REJECTED' ? 'UNKNOWN' : 'REJECTED')
}

/** What is told in the announced second where nothing is known. */
export const timedOut = (type: Type): Json => (isOfProfiles(type) ? profileResult('REJECTED') : said('TIMEOUT'))

/** What is told where a reservation has ended otherwise than by its partner. */
export const withdrawn = (why: string | undefined): Json => said('CANCELED_RESERVATION', why)

/** UNKNOWN: the station has no profile for it. */
const found = ({ order, answer }: Carried, at: number): Json => {
  const durationMs = order.type === 'getCompositeSchedule' ? order.durationS * 1_000 : 0
  if (typeof answer !== 'object' || answer === null) return profileResult('UNKNOWN')
  const schedule =
    'schedule' in answer
      ? compositeFrom2(answer as never, { at, durationMs })
      : compositeFrom16(answer as never, { at, durationMs })
  const profile = 'invalid' in schedule ? undefined : activeProfileOf(schedule)
  return profile === undefined ? profileResult('UNKNOWN') : profileResult('ACCEPTED', profile)
}
