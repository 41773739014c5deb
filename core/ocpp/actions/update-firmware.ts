import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order, two } from '../dialect.ts'
import { signedUpdate, updateTold } from './signed-update.ts'
import { attempts, effectOf, nowhere } from './firmware.ts'

/**
 * UpdateFirmware — fetch a firmware and install it. OCPP 1.6 §5.19: its answer is empty, only what follows says more.
 * 2.0.1 part 2 L01, L02: with a signature or without.
 */
export const UpdateFirmware: Action = {
  'ocpp1.6': [
    order('updateFirmware', {
      action: 'UpdateFirmware',
      tell: (update, { location, now }) => {
        if (update.signature !== undefined) return { otherwise: true }
        if (location === undefined) return nowhere
        return {
          payload: { location, retrieveDate: formatInstant(update.retrieveAt ?? now), ...attempts(update) },
          expects: effectOf(update),
        }
      },
      told: () => accepted(undefined, [{ type: 'supersedes', effect: 'firmware' }]),
    }),
  ],
  ...two(
    order('updateFirmware', {
      action: 'UpdateFirmware',
      tell: signedUpdate,
      told: updateTold,
    }),
  ),
}
