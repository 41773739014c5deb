import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order } from '../dialect.ts'
import { attempts, effectOf, nowhere } from './firmware.ts'

/** UpdateFirmware — fetch a firmware and install it. OCPP 1.6 §5.19. Its answer is empty: only what follows says more. */
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
}
