import { formatInstant } from '../../domain/instant.ts'
import { accepted, type OrderContext, rejected, type Told, type Wording } from '../dialect.ts'
import { attempts, effectOf, nowhere, type Update } from './firmware.ts'

/** What SignedUpdateFirmware of 1.6 and UpdateFirmware of 2.x share: a number of the request, and an image that may be vouched for. */
export const signedUpdate = (update: Update, { location, now, number }: OrderContext): Wording => {
  const { signature, signingCertificate, installAt } = update
  if (location === undefined) return nowhere
  return {
    payload: {
      requestId: number,
      firmware: {
        location,
        retrieveDateTime: formatInstant(update.retrieveAt ?? now),
        ...(installAt !== undefined && { installDateTime: formatInstant(installAt) }),
        ...(signingCertificate !== undefined && { signingCertificate }),
        ...(signature !== undefined && { signature }),
      },
      ...attempts(update),
    },
    expects: effectOf(update, number),
  }
}

/** Accepted, or why not: a certificate that is not valid or was revoked for one. */
export const updateTold = ({ status }: { readonly status: string }): Told =>
  status === 'Accepted' || status === 'AcceptedCanceled'
    ? accepted(status === 'AcceptedCanceled' ? 'an older update was cancelled by it' : undefined, [
        { type: 'supersedes', effect: 'firmware' },
      ])
    : rejected(status)
