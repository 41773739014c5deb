import type { GetBaseReportResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, order, type OrderContext, two, type Wording } from '../dialect.ts'
import { byReportStatus } from './report.ts'

const bases = {
  configuration: 'ConfigurationInventory',
  full: 'FullInventory',
  summary: 'SummaryInventory',
} as const

const asking = (base: keyof typeof bases, { number, firmware }: OrderContext): Wording => ({
  payload: { requestId: number, reportBase: bases[base] },
  expects: {
    type: 'report',
    report: 'variables',
    request: number,
    ...(base === 'full' && { isWhole: true as const, ...(firmware !== undefined && { firmware }) }),
  },
})

/**
 * GetBaseReport — everything that the station has, all that can be set, or how it is. 2.0.1 part 2 B07. The effect is the
 * report, in pages; what a full one does not name is not there any more.
 */
export const GetBaseReport: Action = two(
  order('refreshInventory', {
    action: 'GetBaseReport',
    tell: ({ base = 'full' }, context) => asking(base, context),
    told: ({ status }: GetBaseReportResponse, { base = 'full' }, { firmware }) => {
      const outcome = byReportStatus(status)
      // it is not asked for again with every boot
      if (base !== 'full' || (status !== 'NotSupported' && status !== 'EmptyResultSet')) return outcome
      return { ...outcome, learnt: [inventoryTaken(firmware, status === 'NotSupported' ? 'not supported' : 'empty')] }
    },
  }),
  order('getConfig', {
    action: 'GetBaseReport',
    tell: ({ keys }, context) => (keys === undefined ? asking('configuration', context) : { otherwise: true }),
    told: ({ status }: GetBaseReportResponse) => byReportStatus(status),
  }),
)

const inventoryTaken = (firmware = '', note: string) =>
  ({ type: 'items.put', kind: 'inventory', items: [{ key: 'full', body: { firmware, note } }] }) as const
