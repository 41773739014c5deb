import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EvseId, evseKey, formatEvseId, parseEvseId } from '../../../core/domain/evse-id.ts'

const read = (text: string): EvseId => {
  const id = parseEvseId(text)
  if ('fault' in id) throw new Error(`${text}: ${id.fault}`)
  return id
}
const faultOf = (text: string): string | undefined => {
  const id = parseEvseId(text)
  return 'fault' in id ? id.fault : undefined
}

describe('an EVSEID', () => {
  it('is read by its parts', () => {
    const expected = { form: 'iso', type: 'evse', country: 'BE', operator: 'BEC', instance: '041503001' }
    expect(read('BE*BEC*E041503001')).toEqual(expected)
    expect(read('BEBECE041503001')).toEqual(expected)
    expect(read('be*becE041503001')).toEqual(expected)
    expect(read('DE*AB7*E840*6487')).toEqual({ ...expected, country: 'DE', operator: 'AB7', instance: '840*6487' })
  })

  it('is also that of a pool and of a station', () => {
    expect([read('DE*ABC*P123').type, read('DE*ABC*S123').type]).toEqual(['pool', 'station'])
    expect(evseKey('DE*ABC*P123')).not.toBe(evseKey('DE*ABC*E123'))
  })

  it('is the same with asterisks, with the hyphens of OCPI 2.1.1, without any, and in small letters', () => {
    const spellings = ['DE*ABC*E12*3', 'DE-ABC-E12-3', 'DEABCE123', 'de*abc*e123', ' DE*ABC*E1*2*3 ']
    expect(spellings.map(evseKey)).toEqual(spellings.map(() => 'DEABCE123'))
    expect(formatEvseId(read('de-abc-e12-3'))).toBe('DE*ABC*E12*3')
  })

  it('has 1 to 30 characters after its type', () => {
    expect(read(`DE*ABC*E${'1'.repeat(30)}`).instance.length).toBe(30)
    expect(faultOf(`DE*ABC*E${'1'.repeat(31)}`)).toBe('it has 31 characters after its type: at most 30')
    expect(faultOf('DE*ABC*E')).toBe('it has nothing after its type')
  })

  it('in the form of DIN is digits, and separators tell where its parts end', () => {
    const expected = { form: 'din', type: 'evse', country: '49', operator: '123', instance: '456*1' }
    expect([read('+49*123*456*1'), read('49*123*456*1')]).toEqual([expected, expected])
    expect(evseKey('+49*123*456*1')).toBe(evseKey('49*123*4561'))
    expect(evseKey('+4*912*3456')).not.toBe(evseKey('+49*123*456'))
    expect(read(`+49*123*${'1'.repeat(32)}`).instance.length).toBe(32)
  })

  it.each([
    ['', 'it is empty'],
    ['DE', 'it is too short: a country, three characters of an operator, a type and a number'],
    ['D1*ABC*E123', 'the country is two letters, and this begins with “D1”'],
    ['DE*ABC*X123', 'its type is “X”, and should be E (EVSE), P (pool) or S (station)'],
    ['DE*ABC-E123', 'it is separated by asterisks and by hyphens: by one of them'],
    ['DE**ABC*E123', 'it is too short: a country, three characters of an operator, a type and a number'],
    ['DE*ABC*E***', 'it has nothing but separators after its type'],
    ['DЕ*ABC*E123', 'character 2 is “Е” (U+0415): only letters A to Z, digits and “*” and “-” are allowed'],
    ['DE*ABC*E١', 'character 9 is “١” (U+0661): only letters A to Z, digits and “*” and “-” are allowed'],
    ['DE*ABC*E🔌', 'character 9 is “🔌” (U+1F50C): only letters A to Z, digits and “*” and “-” are allowed'],
    ['DE*ABC*E1\u0000', 'character 10 is U+0000: only letters A to Z, digits and “*” and “-” are allowed'],
    ['ﬁABCE1', 'character 1 is “ﬁ” (U+FB01): only letters A to Z, digits and “*” and “-” are allowed'],
    ['DE*ABC*E'.repeat(9_000), 'it has 72000 characters: no identifier is so long'],
    [
      '+49123456',
      'it is not +, digits of a country, three of an operator and up to 32 of a charging point with * between them',
    ],
    [
      '+1234*123*1',
      'it is not +, digits of a country, three of an operator and up to 32 of a charging point with * between them',
    ],
    ['+49*123***', 'it has no digit after the operator'],
    ['+49*12٣*1', 'character 7 is “٣” (U+0663): only letters A to Z, digits and “+” and “*” are allowed'],
  ])('that is none says why: %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault)
  })

  it('reads back as it is written, and is equal to itself however it is separated', () => {
    const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split(''))
    const ids = fc
      .tuple(
        fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')), minLength: 2, maxLength: 2 }),
        fc.string({ unit: character, minLength: 3, maxLength: 3 }),
        fc.constantFrom('evse' as const, 'pool' as const, 'station' as const),
        fc.string({ unit: character, minLength: 1, maxLength: 30 }),
      )
      .map(([country, operator, type, instance]): EvseId => ({ form: 'iso', type, country, operator, instance }))
    fc.assert(
      fc.property(ids, (id) => {
        const written = formatEvseId(id)
        expect(read(written)).toEqual(id)
        const others = [written.replaceAll('*', ''), written.replaceAll('*', '-'), written.toLowerCase()]
        expect(others.map(evseKey)).toEqual(others.map(() => evseKey(written)))
      }),
    )
  })

  it('whatever comes, it is read or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const id = parseEvseId(text)
        expect('fault' in id ? id.fault.length > 0 : evseKey(formatEvseId(id)) === evseKey(text)).toBe(true)
      }),
    )
  })
})
