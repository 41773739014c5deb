import * as ocpp16 from 'typed-ocpp/dist/ocpp16/schemas.js'
import { describe, expect, it } from 'vitest'
import type { Order } from '../../../core/domain/order.ts'
import { actionsOf, faultOfCall, route, understand, word } from '../../../core/ocpp/router.ts'
import { hasSchema } from '../../../core/ocpp/schema.ts'
import { negotiate } from '../../../core/ocpp/version.ts'

const context = { now: Date.UTC(2026, 10, 27), number: 7 }

describe('OCPP 1.6', () => {
  it('has all of its 39 actions: 14 that stations send, 26 that we send, DataTransfer both', () => {
    const { asks, tells } = actionsOf('ocpp1.6')
    expect([asks.length, tells.length, new Set([...asks, ...tells]).size]).toEqual([14, 26, 39])
    const inBundle = Object.keys(ocpp16).filter((name) => name.endsWith('Request'))
    expect([...new Set([...asks, ...tells])].map((action) => `${action}Request`).toSorted()).toEqual(
      inBundle.toSorted(),
    )
  })

  it('finds the schemas it was made for: 39 actions, request and answer (a new pin must not change the wire silently)', () => {
    const names = Object.keys(ocpp16).filter((name) => /(Request|Response)$/.test(name))
    expect(names.length).toBe(78)
    expect(names.every((name) => hasSchema('ocpp1.6', name))).toBe(true)
  })

  const orders: readonly [Order, string, object][] = [
    [{ type: 'startCharging', token: 'CARD1', evse: 2 }, 'RemoteStartTransaction', { idTag: 'CARD1', connectorId: 2 }],
    [{ type: 'stopCharging', session: 's' }, 'RemoteStopTransaction', { transactionId: 17 }],
    [{ type: 'reset', kind: 'hard' }, 'Reset', { type: 'Hard' }],
    [{ type: 'unlock', evse: 1 }, 'UnlockConnector', { connectorId: 1 }],
    [
      { type: 'setAvailability', evse: 0, available: true },
      'ChangeAvailability',
      { connectorId: 0, type: 'Operative' },
    ],
    [
      { type: 'setConfig', key: 'HeartbeatInterval', value: '60' },
      'ChangeConfiguration',
      { key: 'HeartbeatInterval', value: '60' },
    ],
    [{ type: 'getConfig', keys: ['a'] }, 'GetConfiguration', { key: ['a'] }],
    [{ type: 'clearCache' }, 'ClearCache', {}],
    [
      { type: 'trigger', message: 'MeterValues', evse: 1 },
      'TriggerMessage',
      { requestedMessage: 'MeterValues', connectorId: 1 },
    ],
    [
      { type: 'vendorCall', vendor: 'v', message: 'm', data: 'd' },
      'DataTransfer',
      { vendorId: 'v', messageId: 'm', data: 'd' },
    ],
  ]
  it.each(orders)('puts %o into its words', (order, action, payload) => {
    expect(word('ocpp1.6', order, { ...context, transaction: '17' })).toMatchObject({ ok: true, action, payload })
  })

  it('says what it cannot say', () => {
    expect(word('ocpp1.6', { type: 'startCharging', token: 'x'.repeat(21) }, context)).toEqual({
      ok: false,
      reason: 'OCPP 1.6 takes tokens of at most 20 characters',
    })
    expect(word('ocpp1.6', { type: 'trigger', message: 'Coffee' }, context)).toEqual({
      ok: false,
      reason: 'OCPP 1.6 cannot trigger Coffee',
    })
    expect(faultOfCall('ocpp1.6', 'MakeCoffee', {})).toBe('ocpp1.6 has no action MakeCoffee')
    expect(faultOfCall('ocpp1.6', 'Reset', { type: 'Soft', extra: 1 })).toContain('extra')
  })

  it('understands answers, and tells an answer that breaks its schema', () => {
    expect(understand('ocpp1.6', { type: 'reset', kind: 'soft' }, 'Reset', { status: 'Rejected' }, context)).toEqual({
      accepted: false,
      outcome: 'rejected',
      reason: 'Rejected',
    })
    expect(
      understand('ocpp1.6', { type: 'reset', kind: 'soft' }, 'Reset', { status: 'Perhaps' }, context),
    ).toHaveProperty('invalid')
  })

  it('answers every message it takes with what its own schema allows', () => {
    const routed = route('ocpp1.6', 'Heartbeat', {}, 0)
    expect(routed.ok && routed.dialect.answer({ now: 0 } as never)).toEqual({ currentTime: '1970-01-01T00:00:00.000Z' })
  })

  it('BI-08 TC_088_CSMS: takes the first sub-protocol of the client that it speaks', () => {
    expect([
      negotiate('ocpp0.1, ocpp1.6'),
      negotiate('mqtt'),
      negotiate(undefined),
      negotiate('ocpp1.6,ocpp2.0.1'),
    ]).toEqual(['ocpp1.6', undefined, undefined, 'ocpp1.6'])
  })
})
