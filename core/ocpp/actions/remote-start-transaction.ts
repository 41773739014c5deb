import type { RemoteStartTransactionResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { profileTo16 } from '../charging-profile.ts'
import { accepted, type Action, byStatus, order } from '../dialect.ts'
import { profileForStart } from './profile.ts'
import { directPaymentFrom21, limitsFrom21 } from './request-start-transaction.ts'

/**
 * RemoteStartTransaction — begin a session. OCPP 1.6 §5.11. Accepted only means that the station will try (errata 3.32).
 * It presents a tag made for this order, which says for certain which session the order began, and stands for tokens that
 * are longer than OCPP 1.6 allows.
 */
export const RemoteStartTransaction: Action = {
  'ocpp1.6': [
    order('startCharging', {
      action: 'RemoteStartTransaction',
      tell: ({ token, evse, profile, isDirectPayment, limits }, { tag, ...context }) => {
        if (isDirectPayment === true) return directPaymentFrom21
        if (limits !== undefined) return limitsFrom21
        const presented = tag ?? token
        if (presented.length > 20) return { unsupported: 'OCPP 1.6 takes tokens of at most 20 characters' }
        const at = evse === undefined ? {} : { evse }
        const written = profile && profileTo16(profileForStart(profile, evse, context))
        if (written !== undefined && 'unsupported' in written) return written
        return {
          payload: {
            idTag: presented,
            ...(evse !== undefined && { connectorId: evse }),
            ...(written !== undefined && { chargingProfile: written.payload }),
          },
          expects: { type: 'session.started', token: presented, ...at },
        }
      },
      told: (response: RemoteStartTransactionResponse, { evse, profile }, context) =>
        response.status === 'Accepted' && profile !== undefined
          ? accepted(undefined, [
              { type: 'chargingProfile.installed', profile: profileForStart(profile, evse, context) },
            ])
          : byStatus(response),
    }),
  ],
}
