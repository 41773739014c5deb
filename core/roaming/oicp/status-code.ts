import type { CommandResultType } from '../model.ts'

/** The codes of OICP 2.3 (CodeType), in our words. */
export const statusCodes = {
  '000': 'it is done',
  '001': 'the hub has an error',
  '002': "the hub's database has an error",
  '009': 'the hub could not complete it',
  '017': 'the certificate is not of this operator',
  '018': 'an EVSEID is not of this operator',
  '019': 'an EVCO ID is not of this provider',
  '021': 'a system has an error',
  '022': 'the data are not right',
  '101': 'the QR code is not valid',
  '102': 'the UID is not valid',
  '103': 'the card cannot be read',
  '105': 'the EVCO ID is not valid',
  '106': 'nobody has said yes',
  '110': 'the QR code was answered too late',
  '120': "the certificate's EVCO ID is not valid",
  '121': 'the certificate of the vehicle is not valid',
  '122': 'the vehicle was answered too late',
  '200': 'the EVCO ID is locked',
  '210': 'there is no contract for it',
  '300': 'the partner is not known',
  '310': 'the partner did not answer',
  '320': 'there is no such service',
  '400': 'the session is not valid',
  '501': 'the EVSE cannot be reached',
  '510': 'no vehicle is connected to the EVSE',
  '601': 'the EVSE is reserved',
  '602': 'the EVSE is in use, or the token is another one',
  '603': 'the EVSE is not known',
  '604': 'the EVSE is not for the hub',
  '700': 'the EVSE is out of service',
} as const
export type StatusCode = keyof typeof statusCodes

export const isStatusCode = (text: string): text is StatusCode => Object.hasOwn(statusCodes, text)

/** The same again may be taken later: something of the hub's is not well, not something of ours. */
const passing: readonly string[] = ['001', '002', '009', '021', '310', '320']
export const isPassing = (code: string): boolean => passing.includes(code)

/** What became of an order, in the hub's words. */
const results: Readonly<Record<CommandResultType, StatusCode>> = {
  ACCEPTED: '000',
  CANCELED_RESERVATION: '000',
  EVSE_OCCUPIED: '602',
  EVSE_INOPERATIVE: '700',
  FAILED: '501',
  NOT_SUPPORTED: '320',
  REJECTED: '602',
  TIMEOUT: '501',
  UNKNOWN_RESERVATION: '400',
}
export const codeOfResult = (result: CommandResultType): StatusCode => results[result]
