import { median } from '../cpu.ts'
import { type Bench, type Rig, shown } from '../run.ts'
import { sleep } from '../sleep.ts'
import { bareInsert, each, ledgerOf, perStation, seed } from '../sold.ts'
import { administrator } from '../stored.ts'
import { apiKey } from '../target.ts'

const contracts = 1_000
const month = '2026-10'
const patienceMs = 3_600_000

/**
 * A month of a large operator is settled: every session is split by what was agreed for its place, the month's own fees are
 * charged, and all of it is closed with its digest; beside one bare `insert … select` of as many rows. The memory of the
 * server while it does so says whether it reads more than it must.
 */
export const settlement = async (bench: Bench): Promise<void> => {
  const sessions = bench.chargers(1_000_000, 50_000)
  await bench.with({ name: 'postgres', chargers: 1 }, async (rig) => {
    const sql = administrator(rig.target.data)
    await seed(sql, { sessions, contracts, month })
    bench.say(`  ${shown(sessions)} sessions of ${month}, ${shown(contracts)} contracts`)
    const before = rig.target.memory()
    const began = performance.now()
    const bytes = await settled(rig)
    const seconds = (performance.now() - began) / 1_000

    const ledger = await ledgerOf(sql)
    bench.count('vouchers, one a session and one a contract', ledger.vouchers, sessions + contracts)
    bench.count(
      'owed to site owners, in cents',
      Math.round(ledger.owed * 100),
      (sessions * each.share + contracts * perStation) * 100,
    )
    bench.count('left over, in cents', Math.round(ledger.left * 100), 0)
    bench.fact('settlement, from the first step to the digest', seconds, 's')
    bench.fact('sessions settled', sessions / seconds, 'a second')
    bench.fact('postings', ledger.postings / seconds, 'a second')
    const [first, last] = [bytes.slice(0, Math.ceil(bytes.length / 4)), bytes.slice(-Math.ceil(bytes.length / 4))]
    bench.fact('memory of the server before it', before / 2 ** 20, 'MiB')
    bench.fact('the same in its first quarter', median(first) / 2 ** 20, 'MiB')
    bench.fact('in its last quarter', median(last) / 2 ** 20, 'MiB')
    bench.fact('at its highest', Math.max(...bytes) / 2 ** 20, 'MiB')
    bench.ratio('memory, last quarter ÷ first quarter', [median(last) / median(first)], [], {
      is: 'at most',
      first: 1.3,
      aim: 1.1,
    })
    const bare = [await bareInsert(sql), await bareInsert(sql)] as const
    bench.fact('one bare insert of as many rows', median(bare), 's')
    bench.ratio('settlement ÷ one bare insert of as many rows', [seconds / median(bare)], [bare])
    await sql.end()
  })
}

/** Settles the month, and answers what the server needed while it did, ten times a second. */
const settled = async ({ target }: Rig): Promise<readonly number[]> => {
  const call = async (method: string, path: string, body?: object): Promise<{ readonly state: string }> => {
    const response = await fetch(new URL(path, target.api), {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { readonly state: string }
  }
  const bytes: number[] = []
  const began = performance.now()
  await call('POST', '/api/v1/settlement-runs', { month })
  for (let looks = 0; performance.now() - began < patienceMs; looks++) {
    await sleep(100)
    bytes.push(target.memory())
    if (looks % 5 === 0 && (await call('GET', `/api/v1/settlement-runs/${month}`)).state === 'closed') return bytes
  }
  throw new Error('the month was not closed in time')
}
