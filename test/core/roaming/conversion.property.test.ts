import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { converted } from '../../../core/roaming/converted.ts'
import { cutToLength } from '../../../core/roaming/cut-to-length.ts'
import {
  isFrom,
  isJson,
  type Json,
  type Known,
  type Loss,
  type Older,
  type Shape,
} from '../../../core/roaming/field.ts'
import { type Kind, shapes } from '../../../core/roaming/objects/index.ts'
import { validated } from '../../../core/roaming/validated.ts'
import { written } from '../../../core/roaming/written.ts'
import { anyObject } from '../../support/any-roaming-object.ts'

const kinds = Object.keys(shapes) as readonly Kind[]
const older: readonly Older[] = ['2.2.1', '2.1.1']
const pairs = older.flatMap((version) =>
  kinds.filter((kind) => isFrom((shapes[kind] as Shape).since, version)).map((kind) => [kind, version] as const),
)

/** What both sides know besides the object, as it is in 2.1.1 where the owner is in the address. */
const knownOf = (object: Json, location: Json, role: string): Known => ({
  ...(typeof object['country_code'] === 'string' && typeof object['party_id'] === 'string'
    ? { owner: { country_code: object['country_code'], party_id: object['party_id'] } }
    : {}),
  location: { ...location, id: object['location_id'] ?? location['id'] },
  role,
  ...(isJson(object['token']) ? { token: object['token'] } : {}),
})

/** What has a whole location in it in 2.1.1. */
const placed: ReadonlySet<Kind> = new Set(['session', 'cdr'])

const anyKnown = (kind: Kind): fc.Arbitrary<readonly [Json, Known]> =>
  fc
    .tuple(
      anyObject(kind, '2.3.0'),
      placed.has(kind) ? anyObject('location', '2.3.0') : fc.constant({}),
      fc.constantFrom('CPO', 'EMSP'),
    )
    .map(([object, location, role]) => [object, knownOf(object, { ...location, publish: true }, role)])

/** Why there may be no object at all. */
const reasons = new Set(['noValue', 'noField', 'tooLong', 'missing'])

const tolerated = new Set(['unknownField', 'unknownValue'])

describe('any object of 2.3.0', () => {
  it.each(kinds)('%s is without a fault where it comes from', (kind) => {
    fc.assert(
      fc.property(anyObject(kind, '2.3.0'), (object) => {
        const read = validated(overTheWire(written(object, kind, '2.3.0')), kind, '2.3.0')
        expect(read.faults).toEqual([])
        expect(read.oddities.filter(({ rule }) => !tolerated.has(rule))).toEqual([])
        expect(read.object).toEqual(object)
      }),
      { numRuns: 20 },
    )
  })

  it.each(pairs)('%s is as %s has it when it goes there, or does not go and says why', (kind, to) => {
    fc.assert(
      fc.property(anyKnown(kind), ([object, known]) => {
        const conversion = converted(object, { kind, from: '2.3.0', to, known })
        const cut = conversion.object && cutToLength(conversion.object, kind, to)
        const losses = [...conversion.losses, ...(cut?.losses ?? [])]
        if (cut?.object === undefined) {
          expect(losses.some(({ rule }) => reasons.has(rule))).toBe(true)
          return
        }
        const read = validated(overTheWire(written(cut.object, kind, to)), kind, to)
        expect(read.faults).toEqual([])
        expect(read.oddities.filter(({ rule }) => !tolerated.has(rule))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  it.each(pairs)('%s comes back from %s with all that is not named as lost', (kind, to) => {
    fc.assert(
      fc.property(anyKnown(kind), ([object, known]) => {
        const there = converted(object, { kind, from: '2.3.0', to, known })
        if (there.object === undefined) return
        const back = converted(there.object, { kind, from: to, to: '2.3.0', known })
        expect(back.object).toBeDefined()
        expect(differences(object, back.object).filter((pointer) => !isNamed(pointer, there.losses))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})

describe('any object of an older version', () => {
  it.each(pairs)('%s of %s is as 2.3.0 has it, or what it lacks is named', (kind, from) => {
    fc.assert(
      fc.property(anyObject(kind, from), (object) => {
        const ours = converted(object, { kind, from, to: '2.3.0', known: { timeZone: 'Europe/Oslo', role: 'CPO' } })
        const { faults } = validated(ours.object ?? {}, kind, '2.3.0')
        expect(faults.length === 0 || ours.losses.some(({ rule }) => reasons.has(rule))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

const overTheWire = (object: Json): unknown => JSON.parse(JSON.stringify(object))

/** Where two values are not the same; what is not said of a CDR is false. */
const differences = (a: unknown, b: unknown, pointer = ''): readonly string[] => {
  if (Array.isArray(a) && Array.isArray(b))
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
      differences(a[i], b[i], `${pointer}/${i}`),
    ).flat()
  if (isJson(a) && isJson(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...names].flatMap((name) => differences(a[name], b[name], `${pointer}/${name}`))
  }
  return Object.is(a, b) || (a === false && b === undefined) ? [] : [pointer]
}

/** A loss names what is at its place and below it; an element that is left out moves those that follow. */
const isNamed = (pointer: string, losses: readonly Loss[]): boolean =>
  losses.some(({ pointer: lost, rule }) => {
    const place = rule === 'leftOut' || rule === 'noValue' ? lost.replace(/\/\d+$/, '') : lost
    return pointer === place || pointer.startsWith(`${place}/`)
  })
