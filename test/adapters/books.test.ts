import { expect, it } from 'vitest'
import { openBooks } from '../../adapters/books.ts'
import { writeCdr } from '../../adapters/memory/cdr-writer.ts'
import { MemoryLedger } from '../../adapters/memory/ledger.ts'
import { TestClock } from '../support/clock.ts'
import { testDigest } from '../support/database.ts'
import { started, stopped } from '../support/facts.ts'
import { deaf, silence } from '../support/quiet.ts'

it('a job of which one account cannot be written tells the others, and is tried again', async () => {
  let names = 0
  const ids = { uuid: () => `00000000-0000-7000-8000-${(++names).toString(16).padStart(12, '0')}` }
  const clock = new TestClock()
  const ledger = new MemoryLedger({ clock, ids, digest: testDigest, firstTransaction: () => 1_000_001 })
  await ledger.commit(['CP-0', 'CP-1'].flatMap((cp) => [started(cp), stopped(cp, '1000001')]))
  const jobs = [...ledger.outbox].map(([key, job]) => ({ ...job, id: ledger.outboxIds.get(key) ?? 0 }))
  const entries = jobs.map((job) => writeCdr({ ledger, clock, ids }, job)).filter((entry) => entry !== undefined)
  const [told, counted]: [unknown[], string[]] = [[], []]
  const books = openBooks({
    write: async () => ({ entries, refused: [{ row: 7, error: new Error('poisoned') }] }),
    sealAll: async () => 0,
    doPost: async () => 0,
    doSeal: async () => 0,
    telemetry: { ...deaf, count: (name) => void counted.push(name) },
    log: { ...silence, info: (_, about) => void told.push(about?.['chargePoint']) },
  })
  await expect(books.cdr({ id: 1, tenant: 'default', beside: [2, 7] })).rejects.toThrow('of row 7 first')
  expect([told, counted]).toEqual([
    ['default/CP-0', 'default/CP-1'],
    ['cdr.created', 'cdr.created'],
  ])
})
