import type { SetMonitoringBaseResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { MirrorChange } from '../../domain/mirror.ts'
import { accepted, type Action, order, rejected, two, unsupported } from '../dialect.ts'

const bases = { all: 'All', factoryDefault: 'FactoryDefault', hardWiredOnly: 'HardWiredOnly' } as const

/** SetMonitoringBase — which of the maker's monitors are in force. 2.0.1 part 2 N03. But for all of them, ours are gone with it. */
export const SetMonitoringBase: Action = two(
  order('setMonitoringBase', {
    action: 'SetMonitoringBase',
    tell: ({ base }) => ({ payload: { monitoringBase: bases[base] } }),
    told: ({ status }: SetMonitoringBaseResponse, { base }) => {
      if (status === 'NotSupported') return unsupported(status)
      if (status !== 'Accepted') return rejected(status)
      const learnt: readonly MirrorChange[] = [
        { type: 'items.put', kind: 'monitoring', items: [{ key: 'base', body: { base } }] },
        ...(base === 'all' ? [] : [{ type: 'items.cleared' as const, kind: 'monitor' as const }]),
      ]
      return accepted(undefined, learnt)
    },
  }),
)
