import { clean } from '../../domain/text.ts'
import type { Acknowledgement } from './messages.ts'
import { type StatusCode, statusCodes } from './status-code.ts'

/** What we answer to the hub (OICP 2.3 eRoamingAcknowledgement); 000 is the only code of what was done. */
export const acknowledged = (
  code: StatusCode,
  {
    info,
    ...sessions
  }: { readonly info?: string } & Pick<
    Acknowledgement,
    'SessionID' | 'CPOPartnerSessionID' | 'EMPPartnerSessionID'
  > = {},
): Acknowledgement => ({
  Result: code === '000',
  StatusCode: {
    Code: code,
    Description: statusCodes[code],
    ...(info !== undefined && { AdditionalInfo: clean(info, 1_000) }),
  },
  ...sessions,
})
