import { afterEach, describe, expect, it } from 'vitest'
import { contractPool } from '../../../adapters/plug-and-charge/contract-pool.ts'
import { openPool, type Pool } from '../../support/responder.ts'

let pool: Pool | undefined
afterEach(() => pool?.close())

const request = { action: 'Install', schemaVersion: 'urn:iso:15118:2:2013:MsgDef', exiRequest: 'gJgC' } as const
const asked = async (body: unknown, more: object = {}, status = 200) => {
  pool = await openPool(() => ({ status, body: typeof body === 'string' ? body : JSON.stringify(body) }))
  return contractPool({ url: pool.url, token: 'pool-token', timeoutMs: 500 }).exchange({ ...request, ...more })
}

describe('a contract pool', () => {
  it('is asked what the vehicle asks, and answers it as it is', async () => {
    expect(await asked({ status: 'Accepted', exiResponse: 'gAI=', remainingContracts: 2 })).toEqual({
      accepted: true,
      exiResponse: 'gAI=',
      remaining: 2,
    })
    expect(pool?.heard).toEqual([
      {
        authorization: 'Bearer pool-token',
        body: { action: 'Install', iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', exiRequest: 'gJgC' },
      },
    ])
  })

  it('is told how many contracts, and which first (ISO 15118-20)', async () => {
    await asked({ status: 'Failed' }, { mostChains: 3, prioritized: ['DE83DUIEN83QGZD'] })
    expect(pool?.heard[0]?.body).toMatchObject({
      maximumContractCertificateChains: 3,
      prioritizedEMAIDs: ['DE83DUIEN83QGZD'],
    })
  })

  it('may answer a failure with the words for the vehicle', async () => {
    expect(await asked({ status: 'Failed', exiResponse: 'gAI=' })).toEqual({
      accepted: false,
      exiResponse: 'gAI=',
      reason: 'the contract pool has none',
    })
  })

  it.each([
    [{ status: 'Accepted' }, 200, 'the contract pool answered no EXI'],
    [{ status: 'Accepted', exiResponse: '' }, 200, 'the contract pool answered no EXI'],
    [{ status: 'Accepted', exiResponse: 'not base64!' }, 200, 'the contract pool answered no EXI'],
    [{ status: 'Perhaps', exiResponse: 'gAI=' }, 200, 'the contract pool answered no status'],
    [null, 200, 'the contract pool answered something else'],
    [{ status: 'Accepted', exiResponse: 'gAI=' }, 503, 'the contract pool answered 503'],
    [{ status: 'Accepted', exiResponse: 'A'.repeat(70_000) }, 200, 'the contract pool: more than 65536 bytes'],
  ])('that answers otherwise has failed', async (body, status, reason) => {
    expect(await asked(body, {}, status)).toEqual({ accepted: false, exiResponse: '', reason })
  })

  it('that is not there, or whose answer is no JSON, has failed', async () => {
    expect((await asked('<html>')).accepted).toBe(false)
    const nobody = await contractPool({ url: 'http://127.0.0.1:1/' }).exchange(request)
    expect([nobody.accepted, nobody.exiResponse]).toEqual([false, ''])
    expect(await contractPool({}).exchange(request)).toEqual({
      accepted: false,
      exiResponse: '',
      reason: 'no contract pool is connected',
    })
  })
})
