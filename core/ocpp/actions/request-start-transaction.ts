import type { RequestStartTransactionResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { profileTo2 } from '../charging-profile-2.ts'
import { accepted, type Action, byStatus, order, two } from '../dialect.ts'
import { idTokenFor, longestToken } from './id-token.ts'
import { profileForStart } from './profile.ts'

/** What no older version can be told. */
export const directPaymentFrom21 = { unsupported: 'references of payments are tokens from OCPP 2.1 on' }
export const limitsFrom21 = { unsupported: 'limits of a session can be told from OCPP 2.1 on' }

/**
 * RequestStartTransaction — begin a session. 2.0.1 part 2 F01, F02. Accepted only means that the station will try; the
 * session that begins names the number under which it was asked for. In 1.6: RemoteStartTransaction.
 */
export const RequestStartTransaction: Action = two((protocol) =>
  order('startCharging', {
    action: 'RequestStartTransaction',
    tell: ({ token, tokenType, evse, groupId, profile, isDirectPayment, limits }, context) => {
      const { number } = context
      const written = profile && profileTo2(profileForStart(profile, evse, context), protocol)
      if (written !== undefined && 'unsupported' in written) return written
      if (written !== undefined && profile?.purpose !== 'tx')
        return { unsupported: 'a session begins with a profile of its own or with none' }
      if (protocol !== 'ocpp2.1' && isDirectPayment === true) return directPaymentFrom21
      if (protocol !== 'ocpp2.1' && limits !== undefined) return limitsFrom21
      if (token.length > longestToken[protocol])
        return { unsupported: `a token has at most ${longestToken[protocol]} characters there` }
      return {
        payload: {
          remoteStartId: number,
          idToken: isDirectPayment === true ? { idToken: token, type: 'DirectPayment' } : idTokenFor(token, tokenType),
          ...(evse !== undefined && { evseId: evse }),
          ...(written !== undefined && { chargingProfile: written.payload }),
          ...(groupId !== undefined && { groupIdToken: idTokenFor(groupId) }),
        },
        expects: { type: 'session.started', token, remoteStart: number, ...(limits !== undefined && { limits }) },
      }
    },
    told: (response: RequestStartTransactionResponse, { evse, profile }, context) => {
      if (response.status !== 'Accepted' || profile === undefined) return byStatus(response)
      // it has an id already where the cable was plugged in first
      const transaction = response.transactionId
      const started = { ...profileForStart(profile, evse, context), ...(transaction !== undefined && { transaction }) }
      return accepted(undefined, [{ type: 'chargingProfile.installed', profile: started, byId: true }])
    },
  }),
)
