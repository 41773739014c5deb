import type { Granted, Wish } from '../../../../core/ports/roaming-commands.ts'
import { type Answer, codes, notAllowed, refusal, success } from '../envelope.ts'
import type { ModuleRequest, OcpiModule } from '../module.ts'
import { answerTo, wisherOf } from './commands-receiver.ts'
import type { ModuleParts } from './parts.ts'
import { read } from './read.ts'

/** Longer schedules no station makes. */
const longestS = 7 * 24 * 60 * 60

/** EMPs say how much sessions of their drivers may draw (OCPI 2.2.1 and 2.3.0 mod_charging_profiles, receiver). */
export const chargingProfilesReceiver = ({
  commands,
  mayCall,
}: Pick<ModuleParts, 'commands' | 'mayCall'>): OcpiModule => ({
  module: 'chargingprofiles',
  role: 'RECEIVER',
  as: 'CPO',
  async answer(asked) {
    const [session, ...more] = asked.path
    if (session === undefined || more.length > 0)
      return refusal(codes.clientError, 'there is nothing at this path', 404)
    const wish = wishOf(asked, session)
    if ('refused' in wish) return wish.refused
    const fault = await mayCall(wish.response_url)
    if (fault !== undefined) return refusal(codes.invalid, `response_url: ${fault}`)
    return answered(await commands.take(wish, wisherOf(asked)))
  },
})

const wishOf = (
  { method, query, version, body }: ModuleRequest,
  session_id: string,
): Extract<Wish, { readonly type: `${string}_PROFILE` }> | { readonly refused: Answer } => {
  if (method === 'PUT') {
    const said = read(body, 'setChargingProfile', version)
    return 'refused' in said ? said : { type: 'SET_PROFILE', session_id, ...said.object }
  }
  if (method !== 'GET' && method !== 'DELETE')
    return { refused: notAllowed(['GET', 'PUT', 'DELETE'], `${method} is not possible here`) }
  const response_url = query.get('response_url')
  if (response_url === null) return { refused: refusal(codes.invalid, 'response_url: is needed') }
  if (method === 'DELETE') return { type: 'CLEAR_PROFILE', session_id, response_url }
  const duration = Number(query.get('duration') ?? NaN)
  if (!Number.isInteger(duration) || duration < 1 || duration > longestS)
    return { refused: refusal(codes.invalid, `duration: is needed, in whole seconds up to ${longestS}`) }
  return { type: 'GET_PROFILE', session_id, response_url, duration }
}

const answered = (granted: Granted): Answer => answerTo(granted, ({ result, timeout }) => success({ result, timeout }))
