import { describe, expect, it } from 'vitest'
import { type ReservedStart, usedBy } from '../../../core/domain/reservation.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const hour = 3_600_000

const kept = (
  id: number,
  more: { readonly evse?: number; readonly token?: string; readonly groupId?: string } = {},
) => ({
  id,
  evse: 1,
  token: 'CARD1',
  createdAt: noon,
  expiresAt: noon + hour,
  ...more,
})
const start: ReservedStart = {
  evse: 1,
  at: noon + hour / 2,
  clockless: false,
  token: 'card1',
  authorization: { status: 'Accepted' },
}

describe('a session that begins', () => {
  it('uses the reservation of its connector before one of any connector', () => {
    expect(usedBy([kept(1, { evse: 0 }), kept(2), kept(3, { evse: 2 })], start)?.id).toBe(2)
    expect(usedBy([kept(1, { evse: 0 }), kept(3, { evse: 2 })], start)?.id).toBe(1)
  })

  it('uses the one that it names, whatever else fits', () => {
    expect(usedBy([kept(1), kept(2, { evse: 2, token: 'CARD2' })], { ...start, reservation: 2 })?.id).toBe(2)
  })

  it('that was refused uses none', () => {
    expect(usedBy([kept(1)], { ...start, authorization: { status: 'Invalid' } })).toBeUndefined()
  })

  it('that began before a reservation was made does not use it: the story of a start that lay in a queue', () => {
    expect(usedBy([kept(1)], { ...start, at: noon - 24 * hour })).toBeUndefined()
    expect(usedBy([kept(1)], { ...start, at: noon + 3 * hour })).toBeUndefined()
  })

  it('at a station whose clock is a little off, or that has none, uses its reservation all the same', () => {
    expect(usedBy([kept(1)], { ...start, at: noon - 60_000 })?.id).toBe(1)
    expect(usedBy([kept(1)], { ...start, at: 0, clockless: true })?.id).toBe(1)
  })

  it('uses what is kept for its group', () => {
    const authorization = { status: 'Accepted', groupId: 'fleet' } as const
    expect(usedBy([kept(1, { token: 'CARD9', groupId: 'FLEET' })], { ...start, authorization })?.id).toBe(1)
    expect(usedBy([kept(1, { token: 'CARD9', groupId: 'FLEET' })], start)).toBeUndefined()
  })
})
