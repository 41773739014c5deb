import { type Answer, codes, refusal, success } from '../envelope.ts'
import type { ModuleRequest } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { read } from './read.ts'

/**
 * How a driver wants his session to be charged: `PUT …/sessions/{id}/charging_preferences` (OCPI 2.2.1 and 2.3.0
 * mod_sessions). An EVSE that has no ear for it is said to have no such resource.
 */
export const chargingPreferences = async (
  { commands }: Pick<ModuleParts, 'commands'>,
  { partner, version, body }: Pick<ModuleRequest, 'partner' | 'version' | 'body'>,
  session: string,
): Promise<Answer> => {
  const said = read(body, 'chargingPreferences', version)
  if ('refused' in said) return said.refused
  const preferred = await commands.prefer(session, said.object, { partner })
  if (preferred === 'unknown') return refusal(codes.clientError, 'there is no such session of yours', 404)
  if (preferred === 'unable')
    return refusal(codes.invalid, 'the EVSE of this session cannot take preferences of its driver', 404)
  return success(preferred)
}
