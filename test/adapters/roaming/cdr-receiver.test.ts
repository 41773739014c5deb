import { describe, expect, it } from 'vitest'
import { cdrReceiver } from '../../../adapters/roaming/ocpi/cdr-receiver.ts'
import { noQuirks } from '../../../core/domain/roaming-partner.ts'
import type { ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import type { RoamingCdr } from '../../../core/ports/roaming-cdrs.ts'

const party = { country: 'DE', party: 'ABC' }
const cdr: RoamingCdr = {
  partner: {
    tenant: 'default',
    id: 'emp',
    state: 'registered',
    since: 0,
    roles: [],
    endpoints: [{ module: 'cdrs', role: 'RECEIVER', url: 'https://emp.example/cdrs' }],
    quirks: noQuirks,
    checks: [],
    changedAt: 0,
  },
  from: party,
  to: { country: 'DE', party: 'EMP' },
  id: 'cdr-1',
  text: '{"id":"cdr-1"}',
  losses: [],
  attempt: 1,
}

const saidTo = async (reply: ModuleReply): Promise<unknown> => {
  try {
    return await cdrReceiver(async () => reply).send(cdr, 'cdr-1')
  } catch (error) {
    return error instanceof Error ? error.name : error
  }
}
const refused = (status: number, code?: number): ModuleReply => ({
  type: 'refused',
  reason: 'no',
  status,
  ...(code !== undefined && { code }),
})

describe('the CDRs module of a partner', () => {
  it('refuses an account for good only where it has read it', async () => {
    const said = await Promise.all([
      saidTo(refused(200, 2001)),
      saidTo(refused(400, 2001)),
      saidTo(refused(401, 2000)),
      saidTo(refused(404)),
      saidTo(refused(307)),
      saidTo({ type: 'failed', reason: 'busy', status: 429 }),
      saidTo({ type: 'absent', reason: 'it has no such module' }),
      saidTo({ type: 'unclear', reason: 'no answer' }),
    ])
    const no = { accepted: false, reason: 'no' }
    const later = 'ErpUnavailable'
    expect(said).toEqual([no, no, later, later, later, later, later, 'ErpUnclear'])
  })

  it('is looked at under its own addresses alone, before an account is sent again', async () => {
    const asked: string[] = []
    const receiver = cdrReceiver(async (_, { method, url }: ModuleCall) => {
      asked.push(`${method} ${url}`)
      return { type: 'done', data: { id: 'CDR-1' }, code: 1000, status: 200, headers: {} }
    })
    const found: unknown[] = []
    for (const location of [undefined, 'https://elsewhere.example/1', 'https://emp.example/cdrs/1'])
      found.push(await receiver.find?.({ ...cdr, ...(location !== undefined && { location }) }, 'cdr-1'))
    expect(found).toEqual([undefined, undefined, { reference: 'https://emp.example/cdrs/1' }])
    expect(asked).toEqual(['GET https://emp.example/cdrs/1'])
  })

  it('is never sent what cannot be said', async () => {
    const { text: _, ...unsaid } = cdr
    const never = cdrReceiver(() => Promise.reject(new Error('called')))
    expect(await never.send({ ...unsaid, fault: 'why' }, 'cdr-1')).toEqual({ accepted: false, reason: 'why' })
  })
})
