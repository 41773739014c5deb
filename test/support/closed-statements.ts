import type { ClosedStatement, StatementContent } from '../../core/settlement/closed-statement.ts'
import { administrator, type TestServer } from './server.ts'

/** Of a site owner who was owed one, is owed two and a half more, and owes four. */
export const sampleStatement = (more: { readonly lines?: undefined } = {}): ClosedStatement => {
  const id = '6f1c2d3e-4b5a-8697-8899-aabbccddeeff'
  const name = { month: '2026-11', party: 'siteOwner:mall 1', currency: 'EUR' }
  const at = '2026-11-24T12:00:00.000Z'
  const content: Record<keyof StatementContent, unknown> = {
    format: 'stationmaster-statement-1',
    id,
    tenant: 'default',
    ...name,
    digest: 'ab'.repeat(32),
    opening: '-1.00',
    sums: [
      { purpose: 'adjustment', postings: 1, amount: '4.00' },
      { purpose: 'share', contract: 'mall-2026', postings: 1, amount: '-2.50' },
    ],
    total: '1.50',
    closing: '0.50',
    postings: 2,
    lines: [
      {
        source: { kind: 'document', key: '7' },
        at,
        text: '=CDR 7, "mall"',
        purpose: 'share',
        contract: 'mall-2026',
        amount: '-2.50',
      },
      { source: { kind: 'adjustment', key: 'a1' }, at, text: 'broken glass', purpose: 'adjustment', amount: '4.00' },
    ],
    ...more,
  }
  return { id, tenant: 'default', number: 1, ...name, bytes: new TextEncoder().encode(JSON.stringify(content)) }
}

/** A statement of an account that there is, refused by a target. Answers its id. */
export const refusedStatement = async (
  { server, data }: Pick<TestServer, 'server' | 'data'>,
  target: string,
): Promise<string> => {
  const admin = administrator(server.target, data)
  try {
    const [filed] = await admin<{ id: string }[]>`
      with closed as (
        insert into closed_statements (tenant, number, id, month, account)
        select a.tenant, 1, statement_id(a.tenant, p.month, a.party, a.currency), p.month, a.number
        from ledger_accounts a join ledger_periods p on p.tenant = a.tenant
        where a.tenant = 'default' and a.kind = 'party' order by p.month, a.number limit 1 returning tenant, id, number
      )
      insert into statement_deliveries (tenant, target, document, number, state, attempts, reason, changed_at)
      select tenant, ${target}, id, number, 'refused', 1, 'it is too old', now() from closed returning document as id`
    if (filed === undefined) throw new Error('no party has an account')
    return filed.id
  } finally {
    await admin.end({ timeout: 1 })
  }
}
