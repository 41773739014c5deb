import { z } from '@hono/zod-openapi'
import { derFault } from '../../core/charging/der.ts'
import { faultOf as profileFault, purposes } from '../../core/charging/profile.ts'
import { hashAlgorithms } from '../../core/domain/certificate.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import { longestList } from '../../core/domain/local-list.ts'
import * as deviceModel from './device-model-orders.ts'
import { installedUses, type Order, rootUses } from '../../core/domain/order.ts'
import type { OrderOf } from '../../core/ocpp/dialect.ts'
import { reportFault } from '../../core/ocpp/actions/get-charging-profiles.ts'
import {
  controlId,
  controlType,
  evse,
  formFault,
  modes,
  profileBody,
  ratesOf,
  ratesShape,
  stackLevel,
  wishOf,
} from './charging-body.ts'
import { msOf } from './params.ts'
import type { Fault } from './problem.ts'
import { currency, decimal, instant, limitsSchema } from './schemas.ts'
import { tariffBody } from './market-bodies.ts'
import { type StationTariff, tariffFault } from '../../core/domain/station-tariff.ts'
import { tokenTypes } from '../../core/domain/token.ts'

/** Orders as the API takes them: times in ISO 8601, limits in W or A, and how they become orders of the domain. */

const connector = z.number().int().min(1).max(100).optional()
const token = z.string().min(1).max(255)
const md5 = z.string().regex(/^[0-9a-fA-F]{32}$/, 'must be 32 hexadecimal digits')
const pem = z.string().min(1).max(10_000)
const location = z.url({ protocol: /^(?:https?|ftps?|sftp)$/ }).max(512)
const attempts = {
  retries: z.number().int().min(0).max(100).optional(),
  retryIntervalS: z.number().int().min(0).max(86_400).optional(),
}

const how = {
  deadlineS: z.number().int().min(1).max(2_592_000).default(60).describe('how long it may take, effect included'),
  whenOffline: z
    .enum(['fail', 'wait'])
    .default('fail')
    .describe('wait: until it is connected, or the deadline has come'),
}
/** An order's body; `succeeds`: what it has to come to for the order to have succeeded. */
const one = <Type extends string, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  shape: Shape,
  succeeds = 'the answer',
) => z.strictObject({ type: z.literal(type), ...how, ...shape }).describe(`Succeeds with ${succeeds}.`)

export const orderBody = z
  .discriminatedUnion('type', [
    one(
      'startCharging',
      {
        evse: evse.optional(),
        connector,
        token,
        tokenType: z.enum(tokenTypes).optional().describe('2.x; else the station need not ask whether it may charge'),
        groupId: token.optional(),
        profile: profileBody.optional(),
        isDirectPayment: z
          .literal(true)
          .optional()
          .describe('the token is the reference of a payment: of a kiosk, or on a web page (2.1)'),
        limits: limitsSchema.optional().describe('told once it has begun; it pauses where it gets there (2.1)'),
      },
      'the session that begins',
    ),
    one('stopCharging', { session: z.string() }, "the session's stop"),
    one('getTransactionStatus', { session: z.string().optional().describe('else: whether any message waits there') }),
    one(
      'reset',
      {
        kind: z.enum(['hard', 'soft', 'resume']).default('soft').describe('resume: sessions go on afterwards (2.1)'),
        evse: evse.min(1).optional().describe('one EVSE alone (2.x)'),
      },
      'the boot that follows',
    ),
    one('unlock', { evse, connector }),
    one('setAvailability', { evse: evse.default(0), connector, available: z.boolean() }, 'the status that follows'),
    one(
      'reserve',
      {
        evse: evse.default(0),
        connector,
        token,
        tokenType: z.enum(tokenTypes).optional(),
        groupId: token.optional(),
        connectorType: z.string().min(1).max(20).optional().describe('any EVSE that has one (2.x)'),
        expiresAt: instant,
      },
      'the answer; then see /reservations',
    ),
    one('cancelReservation', { reservation: z.number().int() }),
    one('setConfig', deviceModel.setConfig),
    one('getConfig', deviceModel.getConfig, 'the answer, kept under …/configuration; all of them on 2.x: the report'),
    one('setVariables', deviceModel.setVariables),
    one('getVariables', deviceModel.getVariables, 'the answer, kept under …/items/variable'),
    one('refreshInventory', deviceModel.refreshInventory, 'the whole report, kept under …/items/variable'),
    one('getReport', deviceModel.getReport, 'the whole report, kept under …/items/variable'),
    one('setMonitors', deviceModel.setMonitors, 'the answer, kept under …/items/monitor'),
    one('clearMonitors', deviceModel.clearMonitors),
    one('setMonitoringBase', deviceModel.setMonitoringBase),
    one('setMonitoringLevel', deviceModel.setMonitoringLevel),
    one('getMonitors', deviceModel.getMonitors, 'the whole report, kept under …/items/monitor'),
    one('customerInformation', deviceModel.customerInformation, 'the whole report, kept under …/items/customerData'),
    one('setDisplayMessage', deviceModel.setDisplayMessage, 'the answer, kept under …/items/displayMessage'),
    one('getDisplayMessages', deviceModel.getDisplayMessages, 'the whole report, kept under …/items/displayMessage'),
    one('clearDisplayMessage', deviceModel.clearDisplayMessage),
    one('setNetworkProfile', deviceModel.networkProfile, 'the answer, kept under …/items/networkProfile'),
    one('moveStation', deviceModel.networkProfile, 'the boot that follows'),
    one('rotatePassword', {}, 'the answer; the new password is made here and shown nowhere'),
    one('clearCache', {}),
    one(
      'syncLocalList',
      {
        full: z.boolean().optional(),
        tokens: z
          .array(token)
          .max(longestList)
          .optional()
          .describe(`else every token that may charge, where they are ${longestList} or fewer`),
      },
      'the list that the station then has',
    ),
    one('getLocalListVersion', {}),
    one(
      'updateFirmware',
      {
        location: location.optional(),
        file: z.string().optional().describe('one that was uploaded here; else location'),
        retrieveAt: instant.optional(),
        installAt: instant.optional(),
        ...attempts,
        signature: z
          .string()
          .max(800)
          .optional()
          .describe('Base64; with signingCertificate the signed message is sent'),
        signingCertificate: pem.optional(),
        version: z.string().max(50).optional().describe('a boot that tells this version counts as installed'),
      },
      'the installed firmware',
    ),
    one(
      'uploadLog',
      {
        log: z.enum(['diagnostics', 'security', 'dataCollector']).default('diagnostics'),
        location: location.optional().describe('else a one-time address here'),
        from: instant.optional(),
        to: instant.optional(),
        ...attempts,
        extended: z.boolean().optional().describe('by GetLog, where GetDiagnostics could do as well'),
      },
      'the upload',
    ),
    one('setChargingProfile', { profile: profileBody }),
    one('clearChargingProfile', {
      id: z.number().int().optional(),
      evse: evse.optional(),
      purpose: z.enum(purposes).optional(),
      stackLevel: z.number().int().min(0).optional(),
      all: z.literal(true).optional().describe('needed where nothing else is named: every profile goes'),
    }),
    one(
      'getCompositeSchedule',
      {
        evse,
        durationS: z.number().int().min(1).max(604_800).default(86_400),
        unit: z.enum(['W', 'A']).optional(),
      },
      'the answer, held against what we expect',
    ),
    one(
      'reportChargingProfiles',
      {
        evse: evse.optional(),
        purpose: z.enum(purposes).optional(),
        stackLevel: stackLevel.optional(),
        ids: z.array(z.number().int()).min(1).max(1_000).optional().describe('in place of purpose, level and sources'),
        sources: z.array(z.string().min(1).max(20)).min(1).max(4).optional().describe('CSO, EMS, SO, Other'),
      },
      'the whole report; then see …/items/stationProfile',
    ),
    one('scheduleCharging', { evse: evse.min(1).describe('whose vehicle has said what it needs') }),
    one('updateDynamicSchedule', { id: z.number().int().describe('of a dynamic profile'), ...ratesShape }),
    one('usePriorityCharging', { session: z.string(), activate: z.boolean().default(true) }),
    one('allowEnergyTransfer', { session: z.string(), modes }),
    one('afrrSignal', { timestamp: instant, signal: z.number().int().min(-2_147_483_648).max(2_147_483_647) }),
    one('setDerControl', {
      id: controlId.optional().describe('else one is chosen'),
      controlType,
      isDefault: z.boolean(),
      control: z
        .record(z.string(), z.unknown())
        .describe('the one structure that belongs to the type, as OCPP 2.1 writes it: curve, fixedVar, …'),
    }),
    one(
      'reportDerControls',
      { isDefault: z.boolean().optional(), controlType: controlType.optional(), id: controlId.optional() },
      'the whole report; then see …/items/derControl',
    ),
    one('clearDerControl', { isDefault: z.boolean(), controlType: controlType.optional(), id: controlId.optional() }),
    one('installCertificate', { use: z.enum(rootUses), certificate: pem }),
    one('deleteCertificate', {
      hash: z.strictObject({
        hashAlgorithm: z.enum(hashAlgorithms),
        issuerNameHash: z.string().max(128),
        issuerKeyHash: z.string().max(128),
        serialNumber: z.string().max(40),
      }),
      use: z.enum(installedUses).optional().describe('what it is: in OCPP 1.6 needed for those of Plug & Charge'),
    }),
    one('listCertificates', {
      use: z.enum(installedUses).optional(),
      uses: z.array(z.enum(installedUses)).max(installedUses.length).optional().describe('several at once (2.x)'),
    }),
    one(
      'renewCertificate',
      {
        use: z.enum(['station', 'v2g', 'v2g20']).optional().describe('for whom: vehicles, else us'),
      },
      'the certificate that the station has taken',
    ),
    one(
      'trigger',
      {
        message: z.string().min(1).max(50),
        evse: evse.optional(),
        connector,
        custom: z.string().min(1).max(50).optional().describe('a trigger of the station’s own (2.1)'),
        extended: z.boolean().optional().describe('by ExtendedTriggerMessage, where both could do'),
      },
      'the message',
    ),
    one('vendorCall', {
      vendor: z.string().min(1).max(255),
      message: z.string().max(50).optional(),
      data: z.string().max(60_000).optional(),
    }),
    one('showCost', {
      session: z.string(),
      totalCost: decimal.optional().describe('so far, or in the end; taxes included. Absent: what its tariff says'),
      currency: currency.optional().describe('refused where the station shows another'),
    }),
    one('setDefaultTariff', {
      evse: evse.default(0).describe('0 = all of them'),
      tariff: tariffBody.optional(),
      tariffId: z.string().max(36).optional().describe('one of your own tariffs, in its newest version; else tariff'),
    }),
    one('getTariffs', { evse: evse.default(0).describe('0 = of all') }, 'the answer, kept under …/items/tariff'),
    one('clearTariffs', {
      tariffs: z.array(z.string().min(1).max(60)).min(1).max(100).optional().describe('else all of them'),
      evse: evse.optional(),
    }),
    one('changeTransactionTariff', { session: z.string(), tariff: tariffBody }),
    one('notifyWebPaymentStarted', { evse: evse.min(1), timeoutS: z.number().int().min(1).max(3_600).default(120) }),
    one(
      'publishFirmware',
      {
        location: location.optional(),
        file: z.string().optional().describe('one that was uploaded here; else location'),
        checksum: md5.optional().describe('MD5; of a file that was uploaded here it is computed'),
        ...attempts,
      },
      'the firmware that is published',
    ),
    one('unpublishFirmware', { checksum: md5 }),
    one('adjustEventStream', {
      stream: z.number().int().min(0).max(2_147_483_647),
      intervalS: z.number().int().min(0).max(86_400).optional(),
      values: z.number().int().min(0).max(10_000).optional().describe('as many make a message, whatever the time'),
    }),
    one('getEventStreams', {}, 'the answer, kept under …/items/eventStream'),
    one('requestBatterySwap', { token }, 'the battery that is taken out'),
  ])
  .openapi('Order')

export type OrderBody = z.infer<typeof orderBody>

const times = ['startsAt', 'endsAt', 'expiresAt', 'retrieveAt', 'installAt', 'from', 'to', 'timestamp']
/** Of the command, or of its body alone. */
const others = ['deadlineS', 'whenOffline', 'all']

/** The order that a body asks for. */
export const orderOf = (body: OrderBody): Order => {
  if (body.type === 'updateDynamicSchedule') return { type: body.type, id: body.id, rates: ratesOf(body) }
  const fields = Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    if (value === undefined || others.includes(name)) return []
    if (name === 'profile') return [[name, wishOf(value as z.infer<typeof profileBody>)]]
    return [[name, times.includes(name) ? msOf(value as string) : value]]
  })
  return Object.fromEntries(fields) as Order
}

/** What is wrong with an order although each of its fields is right. */
export const faultOfOrder = (body: OrderBody, now: number): Fault | undefined => {
  if (body.type === 'clearChargingProfile') {
    const { id, evse, purpose, stackLevel, all } = body
    if ([id, evse, purpose, stackLevel, all].every((named) => named === undefined))
      return { pointer: '/all', detail: 'nothing is named: say all to clear every profile' }
  }
  if (body.type === 'reserve' && (parseInstant(body.expiresAt)?.ms ?? 0) <= now)
    return { pointer: '/expiresAt', detail: 'it is over already' }
  if (body.type === 'updateFirmware') {
    if ((body.location === undefined) === (body.file === undefined))
      return { pointer: '/location', detail: 'give a location or a file, one of them' }
    if ((body.signature === undefined) !== (body.signingCertificate === undefined))
      return { pointer: '/signature', detail: 'signature and signingCertificate belong together' }
  }
  const deviceModelFault = deviceModel.faultOfDeviceModelOrder(body, now)
  if (deviceModelFault !== undefined) return deviceModelFault
  if (body.type === 'reportChargingProfiles') {
    const fault = reportFault(orderOf(body) as OrderOf<'reportChargingProfiles'>)
    if (fault !== undefined) return { pointer: '/ids', detail: fault }
  }
  if (body.type === 'updateDynamicSchedule' && Object.keys(ratesOf(body)).length === 0)
    return { pointer: '/limit', detail: 'give at least one new value' }
  if (body.type === 'setDerControl') {
    const fault = derFault(orderOf(body) as OrderOf<'setDerControl'>)
    if (fault !== undefined) return { pointer: '/control', detail: fault }
  }
  if (body.type === 'publishFirmware') {
    if ((body.location === undefined) === (body.file === undefined))
      return { pointer: '/location', detail: 'give a location or a file, one of them' }
    if (body.location !== undefined && body.checksum === undefined)
      return { pointer: '/checksum', detail: 'of a file that is elsewhere its MD5 checksum is needed' }
  }
  if (body.type === 'adjustEventStream' && body.intervalS === undefined && body.values === undefined)
    return { pointer: '/intervalS', detail: 'give an interval, a number of values, or both' }
  if (body.type === 'setDefaultTariff' && (body.tariff === undefined) === (body.tariffId === undefined))
    return { pointer: '/tariff', detail: 'give a tariff or a tariffId, one of them' }
  const tariff = 'tariff' in body ? tariffFault(body.tariff as StationTariff) : undefined
  if (tariff !== undefined) return { pointer: '/tariff', detail: tariff }
  const profile = 'profile' in body ? body.profile : undefined
  const fault = profile && (formFault(profile) ?? profileFault({ ...wishOf(profile), id: 1 }))
  return fault === undefined ? undefined : { pointer: '/profile', detail: fault }
}
