import { describe } from 'vitest'
import { memoryGeneralLedger } from '../../adapters/memory/general-ledger.ts'
import { generalLedgerContract } from '../contracts/general-ledger.ts'

describe('a general ledger in memory', () => {
  const ledger = memoryGeneralLedger()
  let tenants = 0
  generalLedgerContract(() => ({
    ledger,
    tenant: async () => `t${tenants++}`,
    close: async (tenant, month) => ledger.close(tenant, month),
  }))
})
