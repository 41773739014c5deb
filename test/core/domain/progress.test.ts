import { describe, expect, it } from 'vitest'
import { consequenceOfProgress, type Effect } from '../../../core/domain/expectation.ts'
import type { Progress } from '../../../core/domain/progress.ts'

const publishing = (retries: boolean): Effect => ({ type: 'progress', of: 'publication', request: 7, retries })
const swapping: Effect = { type: 'progress', of: 'batterySwap', request: 7 }

describe('what a station says of what it does under our number', () => {
  it.each([
    ['downloading', false, 'goesOn'],
    ['checksumVerified', false, 'goesOn'],
    ['published', false, 'succeeded'],
    ['downloadFailed', false, 'failed'],
    ['downloadFailed', true, 'goesOn'],
    ['invalidChecksum', true, 'failed'],
    ['publishFailed', true, 'failed'],
    ['idle', false, undefined],
  ] as const)('a firmware that is published, %s, tried again: %s', (status, retries, verdict) => {
    const told: Progress = { of: 'publication', request: 7, status }
    expect(consequenceOfProgress(publishing(retries), told)?.verdict).toBe(verdict)
  })

  it.each([
    ['in', 'goesOn'],
    ['out', 'succeeded'],
    ['outTimeout', 'failed'],
  ] as const)('a battery, %s', (status, verdict) => {
    expect(consequenceOfProgress(swapping, { of: 'batterySwap', request: 7, status })).toEqual({
      verdict,
      note: status,
    })
  })

  it('of another number, without one, or of something else it means nothing', () => {
    expect(
      consequenceOfProgress(publishing(false), { of: 'publication', request: 8, status: 'published' }),
    ).toBeUndefined()
    expect(consequenceOfProgress(publishing(false), { of: 'publication', status: 'published' })).toBeUndefined()
    expect(consequenceOfProgress(publishing(false), { of: 'batterySwap', request: 7, status: 'out' })).toBeUndefined()
    expect(
      consequenceOfProgress({ type: 'log', request: 7 }, { of: 'batterySwap', request: 7, status: 'out' }),
    ).toBeUndefined()
  })
})
