import { z } from 'zod'

/**
 * What the hub takes from a CPO, written from the public description of OICP 2.3 by itself: nothing of it is our own code's,
 * so that both can be wrong only in their own ways. Fields that the description does not have are refused.
 */

const evseId = z
  .string()
  .regex(/^(([A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30})|(\+?[0-9]{1,3}\*[0-9]{3}\*[0-9*]{1,32}))$/)
const evcoId = z
  .string()
  .regex(
    /^(([A-Za-z]{2}-?[A-Za-z0-9]{3}-?C[A-Za-z0-9]{8}-?[\d|A-Za-z])|([A-Za-z]{2}[*|-]?[A-Za-z0-9]{3}[*|-]?[A-Za-z0-9]{6}[*|-]?[\d|X]))$/,
  )
const operatorId = z.string().regex(/^(([A-Za-z]{2}\*?[A-Za-z0-9]{3})|(\+?[0-9]{1,3}\*[0-9]{3}))$/)
const sessionId = z.string().regex(/^[A-Za-z0-9]{8}(-[A-Za-z0-9]{4}){3}-[A-Za-z0-9]{12}$/)
const uid = z.string().regex(/^([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$/)
const characters = (least: number, most: number) =>
  z.string().refine((text) => Array.from(text).length >= least && Array.from(text).length <= most, `${least}-${most}`)
const dateTime = z.iso.datetime({ offset: true })
/** kWh with three decimals at most. */
const energy = z.number().refine((kwh) => /^-?\d+(\.\d{1,3})?$/.test(String(kwh)), 'three decimals')
const language = z.string().regex(/^[a-z]{2,3}(?:-[A-Z]{2,3}(?:-[a-zA-Z]{4})?)?(?:-x-[a-zA-Z0-9]{1,8})?$/)
const infoText = z.strictObject({ lang: language, value: characters(1, 150) })
const degrees = z.string().regex(/^-?1?\d{1,2}\.\d{1,6}$/)
const coordinates = z.strictObject({ DecimalDegree: z.strictObject({ Longitude: degrees, Latitude: degrees }) })
const timeOfDay = z.string().regex(/^[0-9]{2}:[0-9]{2}$/)

const plugs = [
  'Small Paddle Inductive',
  'Large Paddle Inductive',
  'AVCON Connector',
  'Tesla Connector',
  'NEMA 5-20',
  'Type E French Standard',
  'Type F Schuko',
  'Type G British Standard',
  'Type J Swiss Standard',
  'Type 1 Connector (Cable Attached)',
  'Type 2 Outlet',
  'Type 2 Connector (Cable Attached)',
  'Type 3 Outlet',
  'IEC 60309 Single Phase',
  'IEC 60309 Three Phase',
  'CCS Combo 2 Plug (Cable Attached)',
  'CCS Combo 1 Plug (Cable Attached)',
  'CHAdeMO',
]

const facility = z.strictObject({
  PowerType: z.enum(['AC_1_PHASE', 'AC_3_PHASE', 'DC']),
  Voltage: z.int().min(0).max(999).optional(),
  Amperage: z.int().min(0).max(99).optional(),
  Power: z.int().min(0).max(999),
  ChargingModes: z.array(z.enum(['Mode_1', 'Mode_2', 'Mode_3', 'Mode_4', 'CHAdeMO'])).optional(),
})

const address = z.strictObject({
  Country: z.string().regex(/^[A-Z]{3}$/),
  City: characters(1, 50),
  Street: characters(2, 100),
  PostalCode: characters(1, 10),
  HouseNum: characters(1, 10),
  Floor: characters(1, 5).optional(),
  Region: characters(1, 50).optional(),
})

const energies = [
  'Solar',
  'Wind',
  'HydroPower',
  'GeothermalEnergy',
  'Biomass',
  'Coal',
  'NuclearEnergy',
  'Petroleum',
  'NaturalGas',
]

export const evseDataRecord = z.strictObject({
  EvseID: evseId,
  ChargingStationID: characters(1, 50).optional(),
  ChargingStationNames: z.array(infoText).min(1),
  ChargingStationImage: characters(1, 200).optional(),
  SubOperatorName: characters(1, 100).optional(),
  Address: address,
  GeoCoordinates: coordinates,
  Plugs: z.array(z.enum(plugs)).min(1),
  ChargingFacilities: z.array(facility).min(1),
  RenewableEnergy: z.boolean(),
  EnergySource: z
    .array(z.strictObject({ Energy: z.enum(energies), Percentage: z.int().min(0).max(99).optional() }))
    .optional(),
  EnvironmentalImpact: z
    .strictObject({ CO2Emission: z.number().optional(), NuclearWaste: z.number().optional() })
    .optional(),
  CalibrationLawDataAvailability: z.enum(['Local', 'External', 'Not Available']),
  AuthenticationModes: z
    .array(
      z.enum(['NFC RFID Classic', 'NFC RFID DESFire', 'PnC', 'REMOTE', 'Direct Payment', 'No Authentication Required']),
    )
    .min(1),
  PaymentOptions: z
    .array(z.enum(['No Payment', 'Direct', 'Contract']))
    .min(1)
    .refine((options) => !options.includes('No Payment') || options.length === 1),
  ValueAddedServices: z
    .array(
      z.enum([
        'Reservation',
        'DynamicPricing',
        'ParkingSensors',
        'MaximumPowerCharging',
        'PredictiveChargePointUsage',
        'ChargingPlans',
        'RoofProvided',
        'None',
      ]),
    )
    .min(1),
  Accessibility: z.enum([
    'Free publicly accessible',
    'Restricted access',
    'Paying publicly accessible',
    'Test Station',
  ]),
  AccessibilityLocation: z.enum(['OnStreet', 'ParkingLot', 'ParkingGarage', 'UndergroundParkingGarage']).optional(),
  HotlinePhoneNumber: z.string().regex(/^\+[0-9]{5,15}$/),
  ChargingStationLocationReference: z.array(infoText).optional(),
  IsOpen24Hours: z.boolean(),
  OpeningTimes: z
    .array(
      z.strictObject({
        on: z.enum(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']),
        Period: z.array(z.strictObject({ begin: timeOfDay, end: timeOfDay })).min(1),
      }),
    )
    .optional(),
  IsHubjectCompatible: z.boolean(),
  DynamicInfoAvailable: z.enum(['true', 'false', 'auto']),
})

const action = z.enum(['fullLoad', 'insert', 'update', 'delete'])
const named = { OperatorID: operatorId, OperatorName: characters(1, 100) }

export const pushEvseData = z.strictObject({
  ActionType: action,
  OperatorEvseData: z.strictObject({ ...named, EvseDataRecord: z.array(evseDataRecord) }),
})

export const pushEvseStatus = z.strictObject({
  ActionType: action,
  OperatorEvseStatus: z.strictObject({
    ...named,
    EvseStatusRecord: z.array(
      z.strictObject({
        EvseID: evseId,
        EvseStatus: z.enum(['Available', 'Reserved', 'Occupied', 'OutOfService', 'Unknown']),
      }),
    ),
  }),
})

/** Exactly one of the five. */
export const identification = z
  .strictObject({
    RFIDMifareFamilyIdentification: z.strictObject({ UID: uid }).optional(),
    RFIDIdentification: z
      .strictObject({
        UID: uid,
        EvcoID: evcoId.optional(),
        RFID: z.enum(['mifareCls', 'mifareDes', 'calypso', 'nfc', 'mifareFamily']),
      })
      .optional(),
    QRCodeIdentification: z.strictObject({ EvcoID: evcoId, PIN: characters(1, 20) }).optional(),
    PlugAndChargeIdentification: z.strictObject({ EvcoID: evcoId }).optional(),
    RemoteIdentification: z.strictObject({ EvcoID: evcoId }).optional(),
  })
  .refine((options) => Object.keys(options).length === 1, 'one of five')

const partners = {
  CPOPartnerSessionID: characters(1, 250).optional(),
  EMPPartnerSessionID: characters(1, 250).optional(),
}

export const authorizeStart = z.strictObject({
  SessionID: sessionId.optional(),
  ...partners,
  OperatorID: operatorId,
  EvseID: evseId.optional(),
  // for cards, RFIDIdentification must not be used here
  Identification: identification.refine((options) => options.RFIDIdentification === undefined, 'not for this'),
  PartnerProductID: characters(1, 50).optional(),
})

export const chargeDetailRecord = z.strictObject({
  SessionID: sessionId,
  ...partners,
  PartnerProductID: characters(1, 50).optional(),
  EvseID: evseId,
  Identification: identification,
  ChargingStart: dateTime,
  ChargingEnd: dateTime,
  SessionStart: dateTime,
  SessionEnd: dateTime,
  MeterValueStart: energy.optional(),
  MeterValueEnd: energy.optional(),
  ConsumedEnergy: energy,
  SignedMeteringValues: z
    .array(
      z.strictObject({
        SignedMeteringValue: characters(0, 3_000),
        MeteringStatus: z.enum(['Start', 'Progress', 'End']),
      }),
    )
    .max(10)
    .optional(),
  CalibrationLawVerificationInfo: z
    .strictObject({
      PublicKey: characters(1, 1_000).optional(),
      MeteringSignatureUrl: characters(1, 200).optional(),
      MeteringSignatureEncodingFormat: characters(1, 50).optional(),
    })
    .optional(),
})

const about = {
  SessionID: sessionId,
  ...partners,
  Identification: identification.optional(),
  EvseID: evseId,
  OperatorID: operatorId,
}

export const chargingNotification = z.discriminatedUnion('Type', [
  z.strictObject({ Type: z.literal('Start'), ...about, ChargingStart: dateTime, SessionStart: dateTime.optional() }),
  z.strictObject({
    Type: z.literal('Progress'),
    ...about,
    ChargingStart: dateTime,
    EventOccurred: dateTime,
    ChargingDuration: z.int().min(0).optional(),
    SessionStart: dateTime.optional(),
    ConsumedEnergyProgress: energy.optional(),
  }),
  z.strictObject({
    Type: z.literal('End'),
    ...about,
    ChargingStart: dateTime.optional(),
    ChargingEnd: dateTime,
    SessionStart: dateTime.optional(),
    ConsumedEnergy: energy.optional(),
  }),
  z.strictObject({
    Type: z.literal('Error'),
    ...about,
    ErrorType: z.enum(['Connector Error', 'Critical Error']),
    ErrorAdditionalInfo: characters(1, 250).optional(),
  }),
])
export type Notification = z.infer<typeof chargingNotification>
export type HeardCdr = z.infer<typeof chargeDetailRecord>
