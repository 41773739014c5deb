import type { Loss, Note } from '../field.ts'
import type { DisplayText, Evse, Location } from '../model.ts'
import { energyOf } from './energy.ts'
import { forms } from './forms.ts'
import { evseIdOf, keyOfOperator, operatorKeyOf } from './identifiers.ts'
import { openingOf } from './opening.ts'
import { addressOf, coordinatesOf, shortening } from './place.ts'
import { facilityOf, plugOf } from './plugs.ts'
import type { AuthenticationMode, EvseDataRecord, InfoText } from './records.ts'
import type { OperatorFacts } from './settings.ts'
import { type EvseStatus, evseStatusOf } from './status.ts'

/** An EVSE as the hub is to have it. */
export interface HubEvse {
  readonly record: EvseDataRecord
  readonly status: EvseStatus
}

export interface HubEvses {
  readonly evses: readonly HubEvse[]
  /** Into the location: what the hub is not told, or is told otherwise. */
  readonly losses: readonly Loss[]
}

/**
 * A location of ours, as the hub has it: an EVSE is a record of its own there, with everything of its location in it
 * (OICP 2.3 EvseDataRecordType). What is planned, removed, unpublished or without an EVSEID is no record.
 */
export const evsesOf = (location: Location, facts: OperatorFacts): HubEvses => {
  const losses: Loss[] = []
  if (!location.publish) {
    losses.push({ pointer: '/publish', rule: 'leftOut', detail: 'it is not to be published' })
    return { evses: [], losses }
  }
  const evses = (location.evses ?? []).flatMap((evse, i) => {
    const made = hubEvse({ location, evse, facts, notes: notesIn(losses, i) })
    return made === undefined ? [] : [made]
  })
  return { evses, losses }
}

interface Notes {
  readonly ofLocation: Note
  readonly ofEvse: Note
}

/** What a location loses, it loses once for all of its EVSEs. */
const notesIn = (losses: Loss[], i: number): Notes => {
  const noting =
    (base: string): Note =>
    (rule, detail, below = '') => {
      const pointer = base + below
      const isSaid = losses.some((loss) => loss.pointer === pointer && loss.rule === rule && loss.detail === detail)
      if (!isSaid) losses.push({ pointer, rule, detail })
    }
  return { ofLocation: noting(''), ofEvse: noting(`/evses/${i}`) }
}

interface Making {
  readonly location: Location
  readonly evse: Evse
  readonly facts: OperatorFacts
  readonly notes: Notes
}

const hubEvse = ({ location, evse, facts, notes }: Making): HubEvse | undefined => {
  const status = evseStatusOf(evse.status)
  if (status === undefined) return undefined
  const evseId = evse.evse_id === undefined ? undefined : evseIdOf(evse.evse_id)
  const fault = idFault(evse, evseId, facts)
  if (evseId === undefined || fault !== undefined) {
    notes.ofEvse('leftOut', fault ?? 'it has no EVSEID')
    return undefined
  }
  const record = recordOf({ location, evse, facts, notes }, evseId)
  return record && { record, status }
}

const idFault = ({ evse_id }: Evse, evseId: string | undefined, facts: OperatorFacts): string | undefined => {
  if (evse_id === undefined) return undefined
  if (evseId === undefined) return `${evse_id} is no EVSEID of OICP`
  const key = operatorKeyOf(evseId)
  return [facts.operatorId, ...facts.subOperators].some((id) => keyOfOperator(id) === key)
    ? undefined
    : `${evseId} is not of ${facts.operatorId}: the hub would refuse it (018)`
}

const recordOf = (making: Making, evseId: string): EvseDataRecord | undefined => {
  const { location, evse, facts, notes } = making
  const sayable = evse.connectors.flatMap((connector, i) => {
    const note: Note = (rule, detail, below = '') => notes.ofEvse(rule, detail, `/connectors/${i}${below}`)
    const plug = plugOf(connector, note)
    return plug === undefined ? [] : [{ plug, facility: facilityOf(connector, note) }]
  })
  if (sayable.length === 0) {
    notes.ofEvse('leftOut', 'none of its connectors has a name in OICP')
    return undefined
  }
  const coordinates = coordinatesOf(evse.coordinates ?? location.coordinates, notes.ofLocation, '/coordinates')
  if (!Object.values(coordinates.DecimalDegree).every((degrees: string) => forms.degrees.test(degrees))) {
    notes.ofEvse('leftOut', 'its coordinates are nowhere on earth')
    return undefined
  }
  const directions = textsOf([...(evse.directions ?? []), ...(location.directions ?? [])], notes.ofLocation)
  const place = placeOf.get(location.parking_type)
  return {
    EvseID: evseId,
    ...ofStation(making),
    Address: addressOf(location, evse.floor_level, notes.ofLocation),
    GeoCoordinates: coordinates,
    Plugs: [...new Set(sayable.map(({ plug }) => plug))],
    ChargingFacilities: sayable.map(({ facility }) => facility),
    ...energyOf(location.energy_mix, notes.ofLocation),
    CalibrationLawDataAvailability: facts.calibration,
    ...ofAccess(making),
    Accessibility: isRestricted(evse) ? 'Restricted access' : facts.accessibility,
    ...(place !== undefined && { AccessibilityLocation: place }),
    HotlinePhoneNumber: phoneOf(location.help_phone, facts.hotline, notes.ofLocation),
    ...(directions.length > 0 && { ChargingStationLocationReference: directions }),
    ...openingOf(location.opening_times, notes.ofLocation),
    IsHubjectCompatible: true,
    DynamicInfoAvailable: 'true',
  }
}

type OfStation = Pick<
  EvseDataRecord,
  'ChargingStationID' | 'ChargingStationNames' | 'ChargingStationImage' | 'SubOperatorName'
>

const ofStation = ({ location, evse, facts, notes: { ofLocation, ofEvse } }: Making): OfStation => {
  const { physical_reference: reference } = evse
  const image = [...(evse.images ?? []), ...(location.images ?? [])].find(({ url }) => url.length <= 200)
  const name = shortening(ofLocation)(location.name ?? location.address, 150, '/name')
  return {
    ...(reference !== undefined &&
      reference !== '' && { ChargingStationID: shortening(ofEvse)(reference, 50, '/physical_reference') }),
    ChargingStationNames: [{ lang: facts.language, value: name === '' ? facts.operatorName : name }],
    ...(image !== undefined && { ChargingStationImage: image.url }),
    ...(location.suboperator !== undefined &&
      location.suboperator.name !== '' && {
        SubOperatorName: shortening(ofLocation)(location.suboperator.name, 100, '/suboperator/name'),
      }),
  }
}

const payments = [
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'PED_TERMINAL',
  'CONTACTLESS_CARD_SUPPORT',
  'CHIP_CARD_SUPPORT',
]

type OfAccess = Pick<EvseDataRecord, 'AuthenticationModes' | 'PaymentOptions' | 'ValueAddedServices'>

const ofAccess = ({ evse, notes: { ofEvse } }: Making): OfAccess => {
  const can = new Set<string>(evse.capabilities ?? [])
  const isPayable = payments.some((one) => can.has(one))
  const isPlugAndCharge = evse.connectors.some(({ capabilities = [] }) => capabilities.length > 0)
  const modes: readonly AuthenticationMode[] = [
    ...(can.has('RFID_READER') ? (['NFC RFID Classic', 'NFC RFID DESFire'] as const) : []),
    ...(isPlugAndCharge ? (['PnC'] as const) : []),
    ...(can.has('REMOTE_START_STOP_CAPABLE') ? (['REMOTE'] as const) : []),
    ...(isPayable ? (['Direct Payment'] as const) : []),
  ]
  if (modes.length === 0) ofEvse('filled', 'how drivers show who they are is not known', '/capabilities')
  const services = [
    ...(can.has('RESERVABLE') ? (['Reservation'] as const) : []),
    ...(can.has('CHARGING_PROFILE_CAPABLE') ? (['ChargingPlans'] as const) : []),
  ]
  return {
    AuthenticationModes: modes.length > 0 ? modes : ['REMOTE'],
    PaymentOptions: isPayable ? ['Contract', 'Direct'] : ['Contract'],
    ValueAddedServices: services.length > 0 ? services : ['None'],
  }
}

const isRestricted = ({ parking_restrictions: restrictions = [] }: Evse): boolean =>
  restrictions.some((one) => one === 'CUSTOMERS' || one === 'EMPLOYEES' || one === 'TENANTS')

const placeOf = new Map<string | undefined, NonNullable<EvseDataRecord['AccessibilityLocation']>>([
  ['ON_STREET', 'OnStreet'],
  ['PARKING_LOT', 'ParkingLot'],
  ['PARKING_GARAGE', 'ParkingGarage'],
  ['UNDERGROUND_GARAGE', 'UndergroundParkingGarage'],
])

const phoneOf = (given: string | undefined, usual: string, note: Note): string => {
  if (given === undefined) return usual
  const plain = given.replaceAll(/[\s()./-]/g, '').replace(/^00/, '+')
  if (forms.phone.test(plain)) return plain
  note('replaced', 'OICP has numbers that begin with + and a country', '/help_phone')
  return usual
}

const textsOf = (texts: readonly DisplayText[], note: Note): readonly InfoText[] =>
  texts.flatMap(({ language, text }) => {
    const lang = language.toLowerCase()
    if (forms.language.test(lang) && text !== '') return [{ lang, value: shortening(note)(text, 150, '/directions') }]
    note('leftOut', `OICP has no language ${language}`, '/directions')
    return []
  })
