import { describe, expect, it } from 'vitest'
import type { Outlet } from '../../../core/domain/outlet.ts'
import { capabilitiesOf } from '../../../core/roaming/capabilities.ts'

const outlet = (format: Outlet['format']): Outlet => ({
  id: '1',
  number: 1,
  standard: 'IEC_62196_T2',
  format,
  powerType: 'AC_3_PHASE',
  maxVolts: 230,
  maxAmps: 32,
})
const of = (settings: Readonly<Record<string, string>>, format: Outlet['format'] = 'CABLE', isConnected = true) =>
  capabilitiesOf({ isConnected, settings: new Map(Object.entries(settings)), evse: 2 }, [outlet(format)])

describe('capabilities of an EVSE', () => {
  it('of a charge point that was never here are none', () => {
    expect(of({ supportedfeatureprofiles: 'Core,Reservation' }, 'SOCKET', false)).toEqual([])
  })
  it('are that it starts and stops for us, where nothing else is told', () => {
    expect(of({})).toEqual(['REMOTE_START_STOP_CAPABLE'])
  })
  it('of OCPP 1.6 are its feature profiles', () => {
    expect(of({ supportedfeatureprofiles: ' Core , smartcharging,RESERVATION' })).toEqual([
      'CHARGING_PROFILE_CAPABLE',
      'REMOTE_START_STOP_CAPABLE',
      'RESERVABLE',
    ])
  })
  it('of OCPP 2.x are its components that are there and not switched off', () => {
    const settings = {
      'smartchargingctrlr.available': 'true',
      'smartchargingctrlr.enabled': 'false',
      'reservationctrlr.available': 'True',
      'tokenreader:2.enabled': 'true',
    }
    expect(of(settings)).toEqual(['REMOTE_START_STOP_CAPABLE', 'RESERVABLE', 'RFID_READER'])
  })
  it('are to be unlocked only where a cable can be stuck', () => {
    expect(of({}, 'SOCKET')).toContain('UNLOCK_CAPABLE')
  })
})
