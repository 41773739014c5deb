import type { Authorization } from '../../domain/authorization.ts'
import { formatInstant } from '../../domain/instant.ts'

/** Of an idTag, in characters. A group that is longer cannot be said: cut off it would be another one (roaming.md §2.6). */
const longestGroup = 20

/** idTagInfo of OCPP 1.6 §7.16: Authorize, StartTransaction and StopTransaction say the same about a token. */
export const idTagInfo = ({ status, expiresAt, groupId }: Authorization): object => ({
  // 1.6 knows no credit
  status: status === 'NoCredit' ? 'Blocked' : status,
  ...(expiresAt !== undefined && { expiryDate: formatInstant(expiresAt) }),
  ...(groupId !== undefined && groupId.length <= longestGroup && { parentIdTag: groupId }),
})
