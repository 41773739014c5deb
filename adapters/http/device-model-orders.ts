import { z } from '@hono/zod-openapi'
import { hashAlgorithms } from '../../core/domain/certificate.ts'
import { securityProfiles } from '../../core/domain/charge-point.ts'
import { displayFormats, displayPriorities, displayStates } from '../../core/domain/display-message.ts'
import { monitoringBases, monitorTypes } from '../../core/domain/monitor.ts'
import { apnAuthentications, networkInterfaces, vpnTypes } from '../../core/domain/network-profile.ts'
import { tokenTypes } from '../../core/domain/token.ts'
import { attributes, type NamedVariable, placeOf } from '../../core/domain/variable.ts'
import { variableNamed } from '../../core/ocpp/keys.ts'
import { msOf } from './params.ts'
import type { Fault } from './problem.ts'
import { given, instant } from './schemas.ts'

/** What the orders about a station's device model take: variables, reports, monitors, displays, network profiles. */

const key = z.string().min(1).max(250)
const value = z.string().max(2_500)
const name = z.string().min(1).max(50)
const number = z.number().int().min(0).max(2_147_483_647)
const severity = z.number().int().min(0).max(9).describe('0 danger … 3 critical … 9 debug')
const attribute = z.enum(attributes).optional().describe('else the value that is')

const component = z.strictObject({
  name,
  instance: name.optional(),
  evse: z.number().int().min(0).max(10_000).optional(),
  connector: z.number().int().min(0).max(100).optional(),
})

/** A variable in a text, or in its parts. */
const named = {
  key: key.optional().describe('Component[instance]:evse/connector.Variable[instance]; else in parts'),
  component: component.optional(),
  variable: z.strictObject({ name, instance: name.optional() }).optional(),
}
const places = z.array(z.strictObject(named)).min(1).max(100).optional()

export const setConfig = {
  key: key.describe('of OCPP 1.6, which every version understands; or a variable of 2.x: Component.Variable'),
  value,
  attribute,
}
export const getConfig = { keys: z.array(key).max(100).optional().describe('else all') }
export const setVariables = {
  variables: z
    .array(z.strictObject({ ...named, attribute, value }))
    .min(1)
    .max(500),
}
export const getVariables = {
  variables: z
    .array(z.strictObject({ ...named, attribute }))
    .min(1)
    .max(500),
}

export const refreshInventory = {
  base: z.enum(['full', 'configuration', 'summary']).default('full').describe('of 1.6 always its configuration'),
}
export const getReport = {
  criteria: z
    .array(z.enum(['active', 'available', 'enabled', 'problem']))
    .min(1)
    .max(4)
    .optional(),
  variables: places,
}

export const setMonitors = {
  monitors: z
    .array(
      z.strictObject({
        ...named,
        id: number.optional().describe('of one that is replaced'),
        type: z.enum(monitorTypes),
        value: z.number().min(-1e12).max(1e12),
        severity,
        duringSession: z.boolean().optional(),
        stream: z
          .strictObject({ intervalS: number.optional(), values: number.optional() })
          .optional()
          .describe('told in a stream of its own (2.1)'),
      }),
    )
    .min(1)
    .max(500),
}
export const clearMonitors = { ids: z.array(number).min(1).max(500) }
export const setMonitoringBase = { base: z.enum(monitoringBases) }
export const setMonitoringLevel = { severity }
export const getMonitors = {
  criteria: z
    .array(z.enum(['threshold', 'delta', 'periodic']))
    .min(1)
    .max(3)
    .optional(),
  variables: places,
}

export const customerInformation = {
  report: z.boolean().default(true),
  clear: z.boolean().default(false),
  token: z.string().min(1).max(255).optional().describe('or certificate, or customerId: one of them'),
  tokenType: z.enum(tokenTypes).optional(),
  certificate: z
    .strictObject({
      hashAlgorithm: z.enum(hashAlgorithms),
      issuerNameHash: z.string().max(128),
      issuerKeyHash: z.string().max(128),
      serialNumber: z.string().max(40),
    })
    .optional(),
  customerId: z.string().min(1).max(64).optional(),
}

const text = z.strictObject({
  format: z.enum(displayFormats).default('UTF8').describe('QRCODE: from 2.1 on'),
  language: z.string().min(1).max(8).optional(),
  content: z.string().min(1).max(1_024).describe('at most 512 characters on 2.0.1'),
})
export const setDisplayMessage = {
  id: number.optional().describe('one with the same is replaced; else one is chosen'),
  priority: z.enum(displayPriorities).default('normalCycle'),
  state: z.enum(displayStates).optional().describe('only while it is like this; the last two from 2.1 on'),
  startsAt: instant.optional(),
  endsAt: instant.optional(),
  session: z.string().optional().describe('shown with it, and gone with it'),
  display: component.optional(),
  text,
  texts: z.array(text).min(1).max(4).optional().describe('the same in other languages (2.1)'),
}
export const getDisplayMessages = {
  ids: z.array(number).min(1).max(100).optional(),
  priority: z.enum(displayPriorities).optional(),
  state: z.enum(displayStates).optional(),
}
export const clearDisplayMessage = { id: number }

export const networkProfile = {
  slot: z.number().int().min(0).max(1_000),
  url: z.url({ protocol: /^wss?$/ }).max(2_000),
  securityProfile: z.literal(securityProfiles),
  interface: z.enum(networkInterfaces).default('Wired0'),
  timeoutS: z.number().int().min(1).max(86_400).default(30).describe('until a message without an answer is lost'),
  version: z.enum(['1.6', '2.0.1', '2.1']).optional().describe('what is spoken there; else what is spoken now'),
  identity: z.string().min(1).max(48).optional().describe('2.1'),
  password: z.string().min(16).max(64).optional().describe('2.1'),
  apn: z
    .strictObject({
      name: z.string().min(1).max(2_000),
      user: z.string().max(50).optional(),
      password: z.string().max(64).optional(),
      simPin: number.optional(),
      preferredNetwork: z.string().max(6).optional(),
      onlyPreferredNetwork: z.boolean().optional(),
      authentication: z.enum(apnAuthentications),
    })
    .optional(),
  vpn: z
    .strictObject({
      server: z.string().min(1).max(2_000),
      user: z.string().max(50),
      group: z.string().max(50).optional(),
      password: z.string().max(64),
      key: z.string().max(255),
      type: z.enum(vpnTypes),
    })
    .optional(),
}

type Body = { readonly type: string } & Readonly<Record<string, unknown>>

/** What is wrong with such an order although each of its fields is right. */
export const faultOfDeviceModelOrder = (body: Body, now: number): Fault | undefined => {
  switch (body.type) {
    case 'customerInformation':
      return customerFault(body)
    case 'setDisplayMessage':
      return endsTooSoon(body, now) ? { pointer: '/endsAt', detail: 'it would be over before it begins' } : undefined
    case 'getReport':
      if (body['criteria'] === undefined && body['variables'] === undefined)
        return { pointer: '/variables', detail: 'nothing is named: refreshInventory reports everything' }
      return nameless(body, 'variables', isPlace)
    case 'getMonitors':
      return nameless(body, 'variables', isPlace)
    case 'setVariables':
    case 'getVariables':
      return nameless(body, 'variables', isVariable)
    case 'setMonitors':
      return nameless(body, 'monitors', isVariable)
    default:
      return undefined
  }
}

const customerFault = ({ report, clear, token, certificate, customerId }: Body): Fault | undefined => {
  if ([token, certificate, customerId].filter((who) => who !== undefined).length !== 1)
    return { pointer: '/token', detail: 'say who is meant: token, certificate or customerId, one of them' }
  return report === true || clear === true ? undefined : { pointer: '/report', detail: 'say report, clear or both' }
}

const endsTooSoon = ({ startsAt, endsAt }: Body, now: number): boolean => {
  const [from, to] = [msOf(startsAt as string | undefined), msOf(endsAt as string | undefined)]
  return to !== undefined && to <= Math.max(now, from ?? 0)
}

const isPlace = (one: NamedVariable): boolean => placeOf(one) !== undefined
const isVariable = (one: NamedVariable): boolean => variableNamed(one) !== undefined

const nameless = (body: Body, field: string, isNamed: (one: NamedVariable) => boolean): Fault | undefined => {
  const all = (body[field] ?? []) as readonly NamedVariable[]
  const at = all.findIndex((one) => !isNamed(given({ ...one }) as NamedVariable))
  if (at < 0) return undefined
  const wanted = isNamed === isPlace ? 'Component or Component.Variable' : 'Component.Variable'
  return { pointer: `/${field}/${at}/key`, detail: `it names nothing: write ${wanted}, or component and variable` }
}
