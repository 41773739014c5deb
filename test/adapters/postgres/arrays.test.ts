import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readArray, writeArray } from '../../../adapters/postgres/arrays.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const anything = fc.array(
  fc.oneof(
    fc.constantFrom(null, '', 'NULL', 'null', '"', '\\', '{a,b}', ' ', ',', '\n'),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\u0000', '').toWellFormed()),
  ),
)

describe('arrays', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.close())

  it('are read as they were written', () => {
    fc.assert(
      fc.property(anything, (values) => {
        expect(readArray(writeArray(values))).toEqual(values)
      }),
    )
  })

  it('come back from PostgreSQL as they were given', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (values) => {
        const [row] = await database.ingest<{ same: unknown }[]>`select ${values}::text[] as same`
        expect(row?.same).toEqual(values)
      }),
      { numRuns: 100, seed: 5 },
    )
  })

  it('of numbers and of UUIDs keep their values', async () => {
    const uuid = '019aab4c-0000-7000-8000-000000000001'
    const [row] =
      await database.ingest`select ${[1, -2]}::int[] as i, ${[2 ** 52]}::bigint[] as b, ${[uuid]}::uuid[] as u`
    expect(row).toEqual({ i: [1, -2], b: [2 ** 52], u: [uuid] })
  })
})
