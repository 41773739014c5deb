import { describe, expect, it } from 'vitest'
import { type Session, settled } from '../../../core/domain/session.ts'
import { price } from '../../../core/pricing/price.ts'
import { type AboutSession, sessionObject, sessionStatusOf } from '../../../core/roaming/session-object.ts'
import { charging, element, energy, tariff, usage } from '../../support/pricing.ts'
import { driver, site, spot } from '../../support/roaming.ts'

const startedAt = Date.UTC(2026, 10, 27, 15)
const open: Session = settled({
  id: '01930000-0000-7000-8000-000000000002',
  day: '2026-11-27',
  tenant: 'default',
  identity: 'CP-1',
  startKey: 'start',
  transaction: '7',
  evse: 1,
  connector: 1,
  token: '04A1B2C3',
  authorization: { status: 'Accepted' },
  startedAt,
  meterStartMwh: 1_000_000,
  lastRegister: { at: startedAt + 1_800_000, mwh: 6_123_456 },
  flags: [],
  version: 1,
})
const about: AboutSession = {
  code: { country: 'DE', party: 'ABC' },
  driver,
  authMethod: 'COMMAND',
  authorizationReference: 'ref-1',
  spot,
  currency: 'EUR',
  updatedAt: startedAt + 1_800_999,
}

describe('a session for the EMP of its driver (OCPI 2.3.0 mod_sessions)', () => {
  it('says how far it has got', () => {
    expect(sessionObject(open, about)).toEqual({
      object: {
        country_code: 'DE',
        party_id: 'ABC',
        id: '01930000-0000-7000-8000-000000000002',
        start_date_time: '2026-11-27T15:00:00Z',
        kwh: '5.1234',
        cdr_token: {
          country_code: 'NL',
          party_id: 'EMP',
          uid: '04A1B2C3',
          type: 'RFID',
          contract_id: 'NL-EMP-C00000001-X',
        },
        auth_method: 'COMMAND',
        authorization_reference: 'ref-1',
        location_id: 'north',
        evse_uid: 'evse-1',
        connector_id: '1',
        currency: 'EUR',
        status: 'ACTIVE',
        last_updated: '2026-11-27T15:30:00Z',
      },
      losses: [],
    })
  })

  it('says what it has cost so far, and in what periods, in the currency of its tariff', () => {
    const of = tariff([element({}, energy('100', '10'))], { currency: 'JPY' })
    const priced = price(of, usage('2026-11-27T15:00:00Z', [charging({ minutes: 30, kWh: 5 })]))
    expect(sessionObject(open, { ...about, priced })).toMatchObject({
      object: {
        currency: 'JPY',
        charging_periods: [
          {
            start_date_time: '2026-11-27T15:00:00Z',
            dimensions: [
              { type: 'ENERGY', volume: '5.0000' },
              { type: 'TIME', volume: '0.5000' },
            ],
          },
        ],
        total_cost: { before_taxes: '500', taxes: [{ percentage: '10', amount: '50.0000' }] },
      },
    })
  })

  it('is none where its beginning, its EVSE or its connector is not known', () => {
    const { startedAt: _, ...headless } = open
    expect(sessionObject(headless, { ...about, spot: { site } })).toEqual({
      impossible: ['when it began is not known', 'its EVSE is not known', 'its connector is not known'],
    })
  })
})

const closed: Partial<Session> = { endedAt: startedAt + 3_600_000, stopKey: 'stop' }
const { authorization: _, ...unasked } = open
const refused: Session = { ...open, authorization: { status: 'Blocked' } }
const { lastRegister: _register, ...dry } = refused

it.each<readonly [string, Omit<Session, 'state'>, string]>([
  ['open', open, 'ACTIVE'],
  ['open, and nobody has presented anything yet', unasked, 'PENDING'],
  ['open with a token that was refused', refused, 'INVALID'],
  ['closed', { ...open, ...closed }, 'COMPLETED'],
  ['closed by inference', { ...open, inferredBy: 'next session', endedAt: startedAt }, 'COMPLETED'],
  ['closed with a token that was refused, and drew energy', { ...refused, ...closed }, 'COMPLETED'],
  ['closed with a token that was refused, and drew none', { ...dry, ...closed }, 'INVALID'],
])('a session that is %s is %s', (_, session, status) => {
  expect(sessionStatusOf(settled(session))).toBe(status)
})

it('a session whose start nobody has seen is invalid', () => {
  const { startedAt: _, ...orphan } = open
  expect(sessionStatusOf(settled({ ...orphan, ...closed }))).toBe('INVALID')
})
