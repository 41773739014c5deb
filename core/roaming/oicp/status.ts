import type { Status } from '../model.ts'

export const evseStatuses = ['Available', 'Reserved', 'Occupied', 'OutOfService', 'EvseNotFound', 'Unknown'] as const
export type EvseStatus = (typeof evseStatuses)[number]

/** `EvseNotFound` is the hub's word alone. What is not there yet, or no more, has no status at all. */
const words: Readonly<Record<Status, EvseStatus | undefined>> = {
  AVAILABLE: 'Available',
  RESERVED: 'Reserved',
  CHARGING: 'Occupied',
  BLOCKED: 'OutOfService',
  INOPERATIVE: 'OutOfService',
  OUTOFORDER: 'OutOfService',
  UNKNOWN: 'Unknown',
  PLANNED: undefined,
  REMOVED: undefined,
}

/** The status of an EVSE in the words of OICP 2.3 (EvseStatusType). */
export const evseStatusOf = (status: Status): EvseStatus | undefined => words[status]
