import type { Evse } from '../domain/evse.ts'
import type { Outlet } from '../domain/outlet.ts'
import type { Site } from '../domain/site.ts'

/** Where a session takes place, or a connector is kept, as it was when that began. */
export interface Spot {
  readonly site: Site
  /** Absent where a reservation is for any of them. */
  readonly evse?: Pick<Evse, 'uid' | 'evseId'>
  readonly outlet?: Outlet
}
