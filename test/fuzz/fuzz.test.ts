import { describe, expect, it } from 'vitest'
import { chance } from '../../bench/random.ts'
import { levels, mutate } from './mutate.ts'
import { codes, owedFor } from './owed.ts'
import { fuzz } from './run.ts'

const frames = Number(process.env['SM_FRAMES'] ?? 100_000)

describe('the fuzz', () => {
  it.each([
    ['[2,"a","Heartbeat",{}]', { id: 'a', action: 'Heartbeat' }],
    ['[2,"a","Heartbeat",null]', { id: 'a', action: 'Heartbeat' }],
    ['[2,"a","Heartbeat"]', { id: 'a' }],
    ['[2,"a","Heartbeat",[]]', { id: 'a' }],
    ['[2,"","Heartbeat",{}]', { id: '' }],
    ['[2,17,"Heartbeat",{}]', { id: '17' }],
    [`[2,"a","Heartbeat",{"x":${'['.repeat(31)}${']'.repeat(31)}}]`, { id: 'a' }],
    [`[2,"a","Heartbeat",{"x":${'['.repeat(30)}${']'.repeat(30)}}]`, { id: 'a', action: 'Heartbeat' }],
    [`[2,"${'x'.repeat(256)}","Heartbeat",{}]`, undefined],
    ['[3,"a",{}]', undefined],
    ['{"a', undefined],
  ])('knows what is owed for %s', (text, owed) => {
    expect(owedFor(text)).toEqual(owed)
  })

  it.each([
    ['{"a', { id: '-1' }, { id: '-1' }],
    ['{"a":1}', { id: '-1' }, { id: '-1' }],
    ['[2,"a","Heartbeat",null]', { id: 'a' }, { id: 'a' }],
    ['[2,null,"Heartbeat",{}]', { id: '-1' }, { id: '-1' }],
    ['[9,"a","Heartbeat",{}]', { id: 'a' }, { id: 'a' }],
    ['[9]', { id: '-1' }, { id: '-1' }],
    ['[3,"a",{}]', undefined, undefined],
    ['[5,"a","GenericError","",{}]', { id: 'a' }, undefined],
    ['[6,"a","NotifyPeriodicEventStream",{}]', { id: 'a' }, undefined],
    ['[6]', { id: '-1' }, undefined],
  ])('BI-30 BI-32 BI-39b: knows what is owed for %s in 2.0.1 and 2.1', (text, owed20, owed21) => {
    expect([owedFor(text, 'ocpp2.0.1'), owedFor(text, 'ocpp2.1')]).toEqual([owed20, owed21])
  })

  it('is the same run for the same seed, and spoils nearly everything that it does not leave whole', async () => {
    const frame = '[2,"a","StartTransaction",{"connectorId":1,"idTag":"CARD1","meterStart":1,"timestamp":"x"}]'
    const once = (seed: number): readonly string[] => {
      const luck = chance(seed)
      return levels.flatMap((level) => Array.from({ length: 200 }, () => mutate(frame, level, luck)))
    }
    expect(once(7)).toEqual(once(7))
    const same = levels.map(
      (_, i) =>
        once(7)
          .slice(i * 200, i * 200 + 200)
          .filter((text) => text === frame).length,
    )
    expect(same[0]).toBe(200)
    expect(same.slice(1).every((n) => n < 20)).toBe(true)
    const [first, again] = [await fuzz({ frames: 2_000, seed: 3 }), await fuzz({ frames: 2_000, seed: 3 })]
    expect([again.calls, again.answers, again.ours]).toEqual([first.calls, first.answers, first.ours])
  })

  it(
    `INV-65 INV-04 INV-08 BI-25 BI-35 BI-37: of ${frames} spoilt frames every CALL is answered once, nothing is thrown, and a session afterwards is as ever`,
    { timeout: 600_000 },
    async () => {
      const { failures, calls, answers, ours, reconnects } = await fuzz({ frames, seed: 1 })
      expect(failures).toEqual([])
      // it says enough of everything to mean something
      expect(calls).toBeGreaterThan(frames / 3)
      const seen = new Set(Object.values(codes).flat())
      const unlikely = ['InternalError', 'SecurityError', 'OccurenceConstraintViolation']
      expect([...seen].filter((code) => !answers.has(code) && !unlikely.includes(code))).toEqual([])
      expect([ours.has('result'), ours.has('error'), reconnects > 0]).toEqual([true, true, true])
    },
  )
})
