import { describe, expect, it } from 'vitest'
import type { Sql } from '../../../adapters/postgres/connect.ts'
import { laneTurns } from '../../../adapters/postgres/lane-turns.ts'

const lane = { tenant: 'default', target: 'books' }
const failure = (code: string): Error => Object.assign(new Error(code), { code })

/** A store that says how many commits it was asked for, and gives the first of them its end. */
const storeWhose = (first: (() => void) | undefined) => {
  const commits: number[] = []
  const app = {
    async begin(work: (tx: unknown) => Promise<unknown>) {
      commits.push(commits.length)
      const result = await work(() => Promise.resolve([]))
      if (commits.length === 1) first?.()
      return result
    },
  }
  return { commits, turns: laneTurns(app as unknown as Sql, async () => 'locked') }
}

describe('what is wanted of one lane at the same moment', () => {
  it('is one commit, and each hears of its own part', async () => {
    const { commits, turns } = storeWhose(undefined)
    expect(await Promise.all(['a', 'b', 'c'].map((said) => turns(lane, async () => said)))).toEqual(['a', 'b', 'c'])
    expect(commits.length).toBe(1)
  })

  it('is done one by one where one of them fails, and that fails alone', async () => {
    const { commits, turns } = storeWhose(undefined)
    const ended = await Promise.allSettled([
      turns(lane, async () => 'a'),
      turns(lane, () => Promise.reject(failure('22021'))),
      turns(lane, async () => 'c'),
    ])
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(commits.length).toBe(4)
  })

  it('F-05: fails for all of them where the store does not answer, and nothing of it is done again', async () => {
    const { commits, turns } = storeWhose(() => {
      throw failure('CONNECTION_CLOSED')
    })
    let done = 0
    const ended = await Promise.allSettled([1, 2].map(() => turns(lane, async () => void done++)))
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect([commits.length, done]).toEqual([1, 2])
  })
})
