import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Order } from '../../../core/domain/order.ts'
import { passwordFault } from '../../../core/ocpp/actions/password.ts'
import type { OrderContext } from '../../../core/ocpp/dialect.ts'
import { masked } from '../../../core/ocpp/mask.ts'
import { afterError, route, understand, word } from '../../../core/ocpp/router.ts'
import type { Protocol2 } from '../../../core/ocpp/version.ts'
import { testDigest } from '../../support/database.ts'

const now = Date.UTC(2026, 10, 27)
const context: OrderContext = { now, number: 7 }
const both: readonly Protocol2[] = ['ocpp2.0.1', 'ocpp2.1']

type Sent = { readonly setVariableData: readonly { readonly attributeValue: string }[] }

/** The messages that an order takes with a station that accepts all, or refuses those that are too long. */
const messagesOf = (order: Order, given: Partial<OrderContext>, most = Infinity) => {
  let known = { ...context, ...given }
  const messages: (readonly string[])[] = []
  for (let i = 0; i < 1_000; i++) {
    const worded = word('ocpp2.0.1', order, known)
    if (!worded.ok || !('payload' in worded)) throw new Error('no words')
    const { setVariableData: data } = worded.payload as Sent
    messages.push(data.map(({ attributeValue }) => attributeValue))
    if (data.length > most) {
      const code = 'FormatViolation'
      const again = afterError('ocpp2.0.1', order, { action: 'SetVariables', code }, known)
      if (again === undefined) return { messages, end: 'callError' }
      known = { ...known, ...again }
      continue
    }
    const results = data.map((asked) => ({ ...asked, attributeStatus: 'Accepted' }))
    const told = understand('ocpp2.0.1', order, 'SetVariables', { setVariableResult: results }, known)
    if (!('accepted' in told) || !told.accepted) throw new Error('not accepted')
    if (told.again === undefined) return { messages, end: 'accepted' }
    known = { ...known, ...told.again }
  }
  throw new Error('no end')
}

describe('orders that name many variables', () => {
  const wanted = fc.array(fc.record({ key: fc.constantFrom('A.a', 'a.A', 'B.b', 'C.c', 'D.d'), size: fc.nat(40) }), {
    minLength: 1,
    maxLength: 30,
  })

  it('bring every value once and in order, none twice of one variable in a message, within the limits', () => {
    fc.assert(
      fc.property(wanted, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 150, max: 600 }), (all, most, bytes) => {
        const variables = all.map(({ key, size }, i) => ({ key, value: `${i}${'é'.repeat(size)}` }))
        const { messages, end } = messagesOf({ type: 'setVariables', variables }, { batch: { most, bytes } })
        expect([end, messages.flat()]).toEqual(['accepted', variables.map(({ value }) => value)])
        for (const message of messages) {
          expect(message.length).toBeLessThanOrEqual(most)
          const keys = message.map((value) => variables.find((v) => v.value === value)?.key.toLowerCase())
          expect(new Set(keys).size).toBe(keys.length)
        }
      }),
    )
  })

  it('no message of more than one is longer than the station takes', () => {
    const variables = Array.from({ length: 9 }, (_, i) => ({ key: `A.v${i}`, value: 'é'.repeat(60) }))
    const order: Order = { type: 'setVariables', variables }
    const worded = word('ocpp2.0.1', order, { ...context, batch: { most: 9, bytes: 500 } })
    const length = new TextEncoder().encode(JSON.stringify('payload' in worded ? worded.payload : '')).length
    expect(length).toBeLessThanOrEqual(500)
    expect(length).toBeGreaterThan(300)
  })

  it('what was too much for the station goes in halves, once', () => {
    const variables = Array.from({ length: 10 }, (_, i) => ({ key: `A.v${i}`, value: String(i) }))
    const order: Order = { type: 'setVariables', variables }
    expect(messagesOf(order, {}, 5)).toMatchObject({ end: 'accepted', messages: { length: 3 } })
    expect(messagesOf(order, {}, 4)).toMatchObject({ end: 'callError', messages: { length: 2 } })
    expect(messagesOf({ type: 'setVariables', variables: variables.slice(0, 1) }, {}, 0)).toMatchObject({
      end: 'callError',
    })
  })

  it('another error is the end', () => {
    const order: Order = {
      type: 'setVariables',
      variables: [
        { key: 'A.a', value: '1' },
        { key: 'A.b', value: '1' },
      ],
    }
    const after = (code: string) => afterError('ocpp2.1', order, { action: 'SetVariables', code }, context)
    expect([after('InternalError'), after('NotImplemented')]).toEqual([undefined, undefined])
    expect(after('OccurrenceConstraintViolation')).toMatchObject({ batch: { most: 1, isHalved: true } })
  })
})

describe('orders about the device model', () => {
  const orders: readonly (readonly [Order, string, object])[] = [
    [
      { type: 'setConfig', key: 'ConnectionTimeOut', value: '60', attribute: 'target' },
      'SetVariables',
      {
        setVariableData: [
          {
            component: { name: 'TxCtrlr' },
            variable: { name: 'EVConnectionTimeOut' },
            attributeType: 'Target',
            attributeValue: '60',
          },
        ],
      },
    ],
    [{ type: 'getConfig' }, 'GetBaseReport', { requestId: 7, reportBase: 'ConfigurationInventory' }],
    [{ type: 'refreshInventory' }, 'GetBaseReport', { requestId: 7, reportBase: 'FullInventory' }],
    [{ type: 'getReport', criteria: ['active'] }, 'GetReport', { requestId: 7, componentCriteria: ['Active'] }],
    [{ type: 'getMonitors' }, 'GetMonitoringReport', { requestId: 7 }],
    [{ type: 'clearMonitors', ids: [1, 2] }, 'ClearVariableMonitoring', { id: [1, 2] }],
    [{ type: 'setMonitoringLevel', severity: 3 }, 'SetMonitoringLevel', { severity: 3 }],
    [{ type: 'clearDisplayMessage', id: 3 }, 'ClearDisplayMessage', { id: 3 }],
  ]
  it.each(orders)('%o', (order, action, payload) => {
    for (const protocol of both) expect(word(protocol, order, context)).toMatchObject({ ok: true, action, payload })
  })

  it('1.6 reports its configuration for an inventory, and has no words for the rest', () => {
    expect(word('ocpp1.6', { type: 'refreshInventory' }, context)).toMatchObject({ action: 'GetConfiguration' })
    for (const order of [{ type: 'getMonitors' }, { type: 'clearDisplayMessage', id: 3 }] as const)
      expect(word('ocpp1.6', order, context)).toMatchObject({ ok: false })
  })

  it('monitors and streams of 2.1 are not told to 2.0.1', () => {
    const monitor = { key: 'A.b', type: 'targetDelta', value: 1, severity: 5 } as const
    const stream = {
      key: 'A.b',
      type: 'periodic',
      value: 1,
      severity: 5,
      stream: { intervalS: 10, values: 5 },
    } as const
    for (const one of [monitor, stream]) {
      const order: Order = { type: 'setMonitors', monitors: [one] }
      expect([word('ocpp2.0.1', order, context).ok, word('ocpp2.1', order, context).ok]).toEqual([false, true])
    }
  })

  it('a network profile names its version as the station’s version does, and its password in 2.1 alone', () => {
    const profile = { slot: 1, url: 'wss://x/', securityProfile: 2, interface: 'Wired0', timeoutS: 30 } as const
    const versionIn = (protocol: Protocol2, more: object) => {
      const worded = word(protocol, { type: 'setNetworkProfile', ...profile, ...more }, context)
      return 'payload' in worded
        ? (worded.payload as { connectionData: { ocppVersion?: string } }).connectionData.ocppVersion
        : worded.ok
    }
    expect(both.map((protocol) => versionIn(protocol, {}))).toEqual(['OCPP20', undefined])
    expect(both.map((protocol) => versionIn(protocol, { version: '2.0.1' }))).toEqual(['OCPP20', 'OCPP201'])
    expect(both.map((protocol) => versionIn(protocol, { version: '2.1' }))).toEqual([false, 'OCPP21'])
    expect(versionIn('ocpp2.0.1', { password: 'sixteen-characters' })).toBe(false)
    const told = understand(
      'ocpp2.1',
      { type: 'setNetworkProfile', ...profile, password: 'PLANTED-PASSWORD-1', identity: 'CP-9' },
      'SetNetworkProfile',
      { status: 'Accepted' },
      context,
    )
    expect(JSON.stringify(told)).toContain('CP-9')
    expect(JSON.stringify(told)).not.toContain('PLANTED')
  })

  it('the profile that comes first raises the security that the station comes with', () => {
    const order: Order = { type: 'setConfig', key: 'OCPPCommCtrlr.NetworkConfigurationPriority', value: '2,1' }
    const name = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' } }
    const learnt = (attributeStatus: string) => {
      const answer = { setVariableResult: [{ attributeStatus, ...name }] }
      const told = understand('ocpp2.0.1', order, 'SetVariables', answer, { ...context, slots: { 1: 1, 2: 3 } })
      return 'accepted' in told ? told.learnt : undefined
    }
    expect(learnt('RebootRequired')).toContainEqual({ type: 'securityProfile', profile: 3 })
    expect(learnt('Rejected')).not.toContainEqual({ type: 'securityProfile', profile: 3 })
  })
})

describe('the password', () => {
  const named = (component: unknown, variable: unknown) => ({
    setVariableData: [{ component: { name: 'A' } }, { component: { name: component }, variable: { name: variable } }],
  })

  it('is sent by rotation alone, however it is written', () => {
    const faults = [
      passwordFault('SetVariables', named('SecurityCtrlr', 'BasicAuthPassword')),
      passwordFault('SetVariables', named(' securityctrlr', 'BASICAUTHPASSWORD ')),
      passwordFault('ChangeConfiguration', { key: 'authorizationkey ' }),
    ]
    expect(faults.every((fault) => fault?.includes('rotatePassword'))).toBe(true)
    const none = [named('SecurityCtrlr', 'OrganizationName'), named(1, null), { setVariableData: 'x' }, null, 'x']
    expect(none.map((payload) => passwordFault('SetVariables', payload))).toEqual(none.map(() => undefined))
  })

  it('S-08 stands in no mirror, and in no frame that people may read', () => {
    const variable = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } }
    const reportData = [{ ...variable, variableAttribute: [{ type: 'Actual', value: 'PLANTED' }] }]
    const report = { requestId: 1, generatedAt: '2026-11-27T00:00:00Z', seqNo: 0, reportData }
    const routed = route('ocpp2.0.1', 'NotifyReport', report as never, now)
    expect(JSON.stringify(routed)).toContain('BasicAuthPassword')
    expect(JSON.stringify(routed)).not.toContain('PLANTED')
    const vpn = { connectionData: { vpn: { server: 's', user: 'u', password: 'x', key: 'PLANTED', type: 'IPSec' } } }
    for (const payload of [report, vpn, { eventData: [{ ...variable, actualValue: 'PLANTED' }] }])
      expect(masked(JSON.stringify([2, '1', 'X', payload]), testDigest)).not.toContain('PLANTED')
  })
})

describe('what stations tell', () => {
  const asked = (action: string, payload: object, protocol: Protocol2 = 'ocpp2.1') => {
    const routed = route(protocol, action, payload as never, now)
    if (!routed.ok || routed.ask.type !== 'told') throw new Error('not told')
    return routed.ask
  }
  const event = {
    eventId: 1,
    timestamp: '2026-11-27T00:00:00Z',
    trigger: 'Alerting',
    actualValue: 'true',
    component: { name: 'EVSE', evse: { id: 1 } },
    variable: { name: 'Problem' },
    eventNotificationType: 'HardWiredNotification',
  }
  const events = (...all: readonly object[]) =>
    asked('NotifyEvent', {
      generatedAt: '2026-11-27T00:00:00Z',
      seqNo: 0,
      eventData: all.map((more) => ({ ...event, ...more })),
    })
  const faults = (...all: readonly object[]) =>
    events(...all).learnt?.flatMap((change) =>
      'kind' in change && change.kind === 'fault'
        ? [change.type === 'items.put' ? change.items.map(({ key }) => key) : change.type]
        : [],
    )

  it('a fault is raised by a problem, a code of the maker’s or a monitor, and cleared by its end', () => {
    expect(faults({})).toEqual([['evse:1.problem']])
    expect(faults({ variable: { name: 'Temperature' }, techCode: 'E-1' })).toEqual([['evse:1.temperature']])
    expect(faults({ variable: { name: 'Temperature' }, variableMonitoringId: 4 })).toEqual([['evse:1.temperature 4']])
    expect(faults({ variable: { name: 'Power' }, trigger: 'Periodic' })).toEqual([])
    expect(faults({ actualValue: 'false' })).toEqual(['items.removed'])
    expect(faults({ cleared: true })).toEqual(['items.removed'])
    expect(faults({}, { cleared: true })).toEqual(['items.removed'])
  })

  it('an AvailabilityState is how a connector, an EVSE or the station stands; another word for it is none', () => {
    const stands = (component: object, actualValue: string) =>
      events({ component, variable: { name: 'AvailabilityState' }, trigger: 'Delta', actualValue }).reports
    const on = (evse: number, connector: number) => ({ evse, connector, status: 'unavailable' })
    expect(stands({ name: 'Connector', evse: { id: 2, connectorId: 2 } }, 'Unavailable')).toMatchObject([on(2, 2)])
    expect(stands({ name: 'EVSE', evse: { id: 2 } }, 'Unavailable')).toMatchObject([on(2, 1)])
    expect(stands({ name: 'ChargingStation' }, 'Unavailable')).toMatchObject([on(0, 0)])
    expect(stands({ name: 'ChargingStation' }, 'toString')).toEqual([])
  })

  it('an alarm is what is severe, new, and no beat of a clock', () => {
    expect(events({ severity: 3 }, { severity: 0 }).alarm?.split('; ')).toHaveLength(2)
    for (const more of [{ severity: 4 }, { severity: 2, cleared: true }, { severity: 1, trigger: 'Periodic' }, {}])
      expect(events(more).alarm).toBeUndefined()
  })

  it('what cannot be kept in a text is taken out: U+0000, half a character', () => {
    const bad = 'a\u0000b\uD800'
    const told = [
      events({ actualValue: bad, techInfo: bad, component: { name: bad } }),
      asked('NotifyCustomerInformation', { requestId: 1, generatedAt: event.timestamp, seqNo: 0, data: bad }),
      asked('NotifyDisplayMessages', {
        requestId: 1,
        messageInfo: [{ id: 1, priority: 'InFront', message: { format: 'UTF8', content: bad } }],
      }),
      asked('NotifyReport', {
        requestId: 1,
        generatedAt: event.timestamp,
        seqNo: 0,
        reportData: [
          {
            component: { name: bad, instance: bad },
            variable: { name: bad, instance: bad },
            variableAttribute: [{ value: bad }],
            variableCharacteristics: { dataType: 'string', supportsMonitoring: true, unit: bad, valuesList: bad },
          },
        ],
      }),
    ]
    for (const one of told) expect(JSON.stringify(one)).not.toMatch(/\\u0000|\\ud800/i)
  })
})
