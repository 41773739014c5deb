import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cdr, Evse, Location, Session } from '../../../core/roaming/model.ts'
import { acknowledged } from '../../../core/roaming/oicp/acknowledged.ts'
import { chargeDetailRecord, implausible } from '../../../core/roaming/oicp/charge-detail-record.ts'
import { evsesOf } from '../../../core/roaming/oicp/evse-data-record.ts'
import { evcoIdOf, evseIdOf, uidOf } from '../../../core/roaming/oicp/identifiers.ts'
import { identificationOf } from '../../../core/roaming/oicp/identification.ts'
import { readMessage } from '../../../core/roaming/oicp/message.ts'
import { acknowledgement, remoteStart } from '../../../core/roaming/oicp/messages.ts'
import { type Notified, notificationOf, progressMs } from '../../../core/roaming/oicp/notification.ts'
import { addressOf, streetAndHouse } from '../../../core/roaming/oicp/place.ts'
import type { OperatorFacts } from '../../../core/roaming/oicp/settings.ts'
import { evseStatusOf } from '../../../core/roaming/oicp/status.ts'
import { anyObject } from '../../support/any-roaming-object.ts'
import * as forms from '../../support/hubject-forms.ts'

const facts: OperatorFacts = {
  operatorId: 'DE*ABC',
  operatorName: 'ABC',
  subOperators: ['+49*810'],
  hotline: '+4930123456',
  language: 'de',
  accessibility: 'Free publicly accessible',
  calibration: 'Not Available',
}

const north = {
  country_code: 'DE',
  party_id: 'ABC',
  id: 'north',
  publish: true,
  address: 'Hauptstraße 1',
  city: 'Berlin',
  country: 'DEU',
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  time_zone: 'Europe/Berlin',
  last_updated: '2026-11-01T00:00:00Z',
} satisfies Location

const ids = fc.constantFrom('DE*ABC*E1', 'DEABCE840*6487', '+49*810*000*438', 'DE*XYZ*E1', 'no EVSEID', undefined)
const withIds = (location: Location, evseIds: readonly (string | undefined)[]): Location => ({
  ...location,
  evses: (location.evses ?? []).map(({ evse_id: _id, ...evse }, i): Evse => {
    const id = evseIds[i % evseIds.length]
    return id === undefined ? evse : { ...evse, evse_id: id }
  }),
})
const anyLocation = fc
  .tuple(anyObject('location', '2.3.0'), fc.array(ids, { minLength: 1, maxLength: 3 }))
  .map(([location, evseIds]) => withIds(location as unknown as Location, evseIds))

describe('a location at a hub', () => {
  it('each of its EVSEs is a record that the hub takes, or is named with the reason', () => {
    fc.assert(
      fc.property(anyLocation, (location) => {
        const { evses, losses } = evsesOf(location, facts)
        for (const { record } of evses) forms.evseDataRecord.parse(JSON.parse(JSON.stringify(record)))
        const all = location.publish ? (location.evses ?? []) : []
        const there = all.filter(({ status }) => evseStatusOf(status) !== undefined)
        const leftOut = new Set(
          losses
            .filter(({ pointer, rule }) => rule === 'leftOut' && /^\/evses\/\d+$/.test(pointer))
            .map(({ pointer }) => pointer),
        )
        expect(evses.length + leftOut.size).toBe(there.length)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['', '__'],
    ['A', 'A_'],
    ['🚲', '🚲_'],
    ['Am', 'Am'],
  ])('a street %j is filled up to two characters: %s', (address, street) => {
    expect(addressOf({ ...north, address }, undefined, () => {}).Street).toBe(street)
  })

  it('one that is not published is not told of', () => {
    fc.assert(
      fc.property(anyLocation, (location) => {
        const { evses, losses } = evsesOf({ ...location, publish: false }, facts)
        expect([evses, losses.map(({ pointer, rule }) => `${pointer} ${rule}`)]).toEqual([[], ['/publish leftOut']])
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['AVAILABLE', 'Available'],
    ['CHARGING', 'Occupied'],
    ['RESERVED', 'Reserved'],
    ['BLOCKED', 'OutOfService'],
    ['INOPERATIVE', 'OutOfService'],
    ['OUTOFORDER', 'OutOfService'],
    ['UNKNOWN', 'Unknown'],
    ['PLANNED', undefined],
    ['REMOVED', undefined],
  ] as const)('%s is %s', (status, said) => {
    expect(evseStatusOf(status)).toBe(said)
  })

  it.each([
    ['Hauptstraße 1a', ['Hauptstraße', '1a']],
    ['Straße des 17. Juni 135', ['Straße des 17. Juni', '135']],
    ['10 Downing Street', ['Downing Street', '10']],
    ['Am Markt', ['Am Markt', undefined]],
    ['Rue de la Loi, 16', ['Rue de la Loi', '16']],
  ])('%s is a street and a house', (address, parts) => {
    expect(streetAndHouse(address)).toEqual(parts)
  })
})

describe('identifiers of OICP', () => {
  it.each([
    ['DE*AB7*E840*6487', 'DE*AB7*E840*6487'],
    ['deab7e8406487', 'DE*AB7*E8406487'],
    ['+49*810*000*438', '+49*810*000*438'],
    ['DE*AB7*P840', undefined],
    ['nothing', undefined],
  ])('EVSEID %s is %s', (text, written) => {
    expect(evseIdOf(text)).toBe(written)
  })

  it.each([
    ['04a1b2c3', '04A1B2C3'],
    ['04:A1:B2:C3:D4:E5:F6', '04A1B2C3D4E5F6'],
    ['00112233445566778899', '00112233445566778899'],
    ['04A1B2C3D4', undefined],
    ['04A1B2CG', undefined],
  ])('UID %s is %s', (text, written) => {
    expect(uidOf(text)).toBe(written)
  })

  it('an EVCO ID has its check digit, and one of ISO that does not begin with C has no form', () => {
    expect([evcoIdOf('DE83DUIEN83QGZ'), evcoIdOf('NLTNMC00122045')]).toEqual([undefined, 'NL-TNM-C00122045-K'])
  })

  it('a card is said by its UID, a vehicle and an app by their contract, and a plate not at all', () => {
    const evco = 'NL-TNM-C00122045-K'
    expect([
      identificationOf('RFID', '04a1b2c3'),
      identificationOf('EVCO', 'NLTNMC00122045'),
      identificationOf('APP', 'x', evco),
      identificationOf('MAC', '001122334455'),
    ]).toEqual([
      { RFIDMifareFamilyIdentification: { UID: '04A1B2C3' } },
      { PlugAndChargeIdentification: { EvcoID: evco } },
      { RemoteIdentification: { EvcoID: evco } },
      undefined,
    ])
  })
})

describe('a CDR at a hub', () => {
  const now = 4_102_444_800_000
  it('is one that the hub takes, is named with what is in its way, or is implausible', () => {
    const session = 'b2688855-7f00-0002-6d8e-48d883f6abb6'
    fc.assert(
      fc.property(anyObject('cdr', '2.3.0'), ids, fc.boolean(), (object, evseId, isKnown) => {
        const cdr = object as unknown as Cdr
        const made = chargeDetailRecord(
          { ...cdr, cdr_location: { ...cdr.cdr_location, evse_id: evseId ?? '#NA' } },
          isKnown ? { session, identification: { RFIDMifareFamilyIdentification: { UID: '04A1B2C3' } } } : undefined,
        )
        if ('impossible' in made) expect(made.impossible.length).toBeGreaterThan(0)
        else if (implausible(made.record, now).length === 0)
          forms.chargeDetailRecord.parse(JSON.parse(JSON.stringify(made.record)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is heard from a hub', () => {
  const heard = {
    SessionID: 'b2688855-7f00-0002-6d8e-48d883f6abb6',
    ProviderID: 'DE-DCB',
    EvseID: 'DE*ABC*E1',
    Identification: { RemoteIdentification: { EvcoID: 'NL-TNM-C00122045-K' }, RFIDMifareFamilyIdentification: null },
    Surprise: { of: 'a later version' },
  }
  it('nulls are nothing, and what nobody knows is passed over', () => {
    expect(readMessage(remoteStart, heard)).toMatchObject({ message: { Identification: { type: 'APP' } } })
  })
  it('all that is wrong is named', () => {
    const { SessionID: _, ...rest } = heard
    expect(readMessage(remoteStart, { ...rest, EvseID: 7, Identification: {} })).toEqual({
      faults: [
        { pointer: '/SessionID', detail: 'is missing' },
        { pointer: '/EvseID', detail: 'is no text' },
        { pointer: '/Identification', detail: 'names none that can be known again' },
      ],
    })
  })
  it('no message of any kind makes us fail', () => {
    fc.assert(fc.property(fc.anything(), (value) => void readMessage(remoteStart, value)))
  })
  it('what we answer the hub can read', () => {
    expect(readMessage(acknowledgement, acknowledged('603', { info: 'x' }))).toMatchObject({
      message: { Result: false },
    })
  })
})

describe('what is told of a session', () => {
  const session = {
    id: 's1',
    start_date_time: '2026-11-20T10:00:00Z',
    kwh: '1.2345',
    status: 'ACTIVE',
    last_updated: '2026-11-20T10:06:00Z',
  } as unknown as Session
  const at = Date.UTC(2026, 10, 20, 10, 6)
  const known = (told?: Notified['told'], now = at): Notified => ({
    hubSession: 'b2688855-7f00-0002-6d8e-48d883f6abb6',
    evseId: 'DE*ABC*E1',
    now,
    ...(told !== undefined && { told }),
  })
  const said = (one: Session, about: Notified) => notificationOf(one, about, () => {})

  it('that it began, and how far it has come every five minutes at most', () => {
    const started = { type: 'Start', at } as const
    expect([
      said(session, known())?.Type,
      said(session, known(started, at + progressMs - 1)),
      said(session, known(started, at + progressMs)),
    ]).toEqual([
      'Start',
      undefined,
      expect.objectContaining({ Type: 'Progress', ChargingDuration: 360_000, ConsumedEnergyProgress: 1.234 }),
    ])
  })
  it('that it is over, or has failed, and nothing after that', () => {
    const completed = { ...session, status: 'COMPLETED', end_date_time: '2026-11-20T11:00:00Z' } as const
    expect([
      said(completed, known({ type: 'Progress', at }))?.Type,
      said({ ...session, status: 'INVALID' }, known())?.Type,
      said(completed, known({ type: 'End', at })),
    ]).toEqual(['End', 'Error', undefined])
  })
})
