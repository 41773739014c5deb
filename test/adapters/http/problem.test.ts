import postgres from 'postgres'
import { describe, expect, it } from 'vitest'
import { problemOf } from '../../../adapters/http/problem.ts'
import { LedgerUnavailable } from '../../../core/ports/ledger.ts'

const failureOf = async (work: PromiseLike<unknown>): Promise<unknown> => {
  try {
    return await work
  } catch (error) {
    return error
  }
}

describe('what goes wrong in a request', () => {
  it('D-11: while no database can be reached is told as 503, to be tried again', async () => {
    const sql = postgres('postgres://nobody@127.0.0.1:1/nothing', { connect_timeout: 1 })
    const error = await failureOf(sql`select 1`)
    await sql.end()
    expect(problemOf(error, () => {})).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })

  it.each([
    ['the server goes down', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['it has no more connections', Object.assign(new Error('too many clients'), { code: '53300' })],
    ['a step cannot be committed now', new LedgerUnavailable('down')],
  ])('D-11: because %s is told as 503', (_, error) => {
    expect(problemOf(error, () => {})).toMatchObject({ status: 503 })
  })

  it('of our own making is told as 500, and logged', () => {
    const heard: unknown[] = []
    const error = new TypeError('undefined is not a function')
    expect([problemOf(error, (one) => heard.push(one)).status, heard]).toEqual([500, [error]])
  })
})
