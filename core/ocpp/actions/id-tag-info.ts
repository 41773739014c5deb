import type { Authorization } from '../../domain/authorization.ts'
import { formatInstant } from '../../domain/instant.ts'

/** idTagInfo of OCPP 1.6 §7.16: Authorize, StartTransaction and StopTransaction say the same about a token. */
export const idTagInfo = ({ status, expiresAt, groupId }: Authorization): object => ({
  // 1.6 knows no credit
  status: status === 'NoCredit' ? 'Blocked' : status,
  ...(expiresAt !== undefined && { expiryDate: formatInstant(expiresAt) }),
  ...(groupId !== undefined && { parentIdTag: groupId.slice(0, 20) }),
})
