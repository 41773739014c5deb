import type { Site } from '../../core/domain/site.ts'
import type { DocumentContent } from '../../core/domain/document.ts'
import type { Outlet } from '../../core/domain/outlet.ts'
import { isReservation } from '../../core/pricing/cut.ts'
import type { Priced } from '../../core/pricing/priced.ts'
import type { AboutCdr } from '../../core/roaming/cdr-object.ts'
import type { Driver } from '../../core/roaming/cdr-token.ts'
import type { Spot } from '../../core/roaming/spot.ts'

/** What partners are told about, as it stands in our books. */

export const site: Site = {
  tenant: 'default',
  id: 'north',
  name: 'North',
  address: { street: 'Hauptstraße 1', postalCode: '10827', city: 'Berlin', country: 'DE' },
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  zone: 'Europe/Berlin',
  published: true,
  changedAt: Date.UTC(2026, 10, 1),
}

export const outlet: Outlet = {
  id: '1',
  number: 1,
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  powerType: 'AC_3_PHASE',
  maxVolts: 230,
  maxAmps: 32,
}

export const spot: Spot = { site, evse: { uid: 'evse-1', evseId: 'DE*ABC*E1' }, outlet }

export const driver: Driver = {
  code: { country: 'NL', party: 'EMP' },
  uid: '04A1B2C3',
  type: 'RFID',
  contract: 'NL-EMP-C00000001-X',
}

export const aboutCdr: AboutCdr = { code: { country: 'DE', party: 'ABC' }, driver, authMethod: 'WHITELIST', spot }

type Sealed = Pick<DocumentContent, 'account' | 'signed' | 'sealedAt'>

/** The account of a session that was priced, as it is sealed. */
export const sealed = (priced: Priced, more: Partial<DocumentContent['account']> = {}): Sealed => {
  const { periods } = priced
  const session = periods.filter((period) => !isReservation(period))
  const own = session.length > 0 ? session : periods
  const [startedAt, endedAt] = [own[0]?.from ?? 0, own.at(-1)?.until ?? 0]
  return {
    sealedAt: '2026-11-27T12:00:00.000Z',
    signed: [],
    account: {
      id: '01930000-0000-7000-8000-000000000001',
      tenant: 'default',
      version: 0,
      session: '01930000-0000-7000-8000-000000000002',
      chargePoint: 'CP-1',
      evse: 1,
      connector: 1,
      startedAt,
      endedAt,
      energyMwh: own.reduce((sum, { energyMwh }) => sum + energyMwh, 0),
      durationMs: endedAt - startedAt,
      priced,
      stopReason: 'Local',
      notes: [],
      ...more,
    },
  }
}
