import type { SetVariableMonitoringResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Item } from '../../domain/item.ts'
import type { WantedMonitor } from '../../domain/monitor.ts'
import { variableKey, type VariableName, variableOf, writtenAs } from '../../domain/variable.ts'
import { afterPart, inHalves, nextPart } from '../batch.ts'
import { type Action, order, type OrderContext, two } from '../dialect.ts'
import { type Protocol2, versionOf } from '../version.ts'
import { monitorItem, only21, wireTypes } from './monitor.ts'
import { isUnsupported, nameOf, wirePlace } from './variable.ts'

type Named = WantedMonitor & { readonly name: VariableName }

const namedOf = (monitors: readonly WantedMonitor[]): readonly Named[] =>
  monitors.flatMap((monitor) => {
    const name = variableOf(monitor)
    return name === undefined ? [] : [{ ...monitor, name }]
  })

/** Which result is whose: the id tells only where there was one before. */
const keyOf = ({ name, type, severity }: Pick<Named, 'name' | 'severity'> & { readonly type: string }): string =>
  `${variableKey(name)} ${type} ${severity}`

const wiredKey = (monitor: Named): string => keyOf({ ...monitor, type: wireTypes[monitor.type] })

const partOf = (monitors: readonly WantedMonitor[], context: OrderContext): readonly Named[] =>
  nextPart(namedOf(monitors), context, wiredKey)

const wire = ({ id, name, type, value, severity, duringSession, stream }: Named): object => ({
  ...(id !== undefined && { id }),
  ...(duringSession === true && { transaction: true }),
  ...wirePlace(name),
  type: wireTypes[type],
  value,
  severity,
  ...(stream !== undefined && {
    periodicEventStream: {
      ...(stream.intervalS !== undefined && { interval: stream.intervalS }),
      ...(stream.values !== undefined && { values: stream.values }),
    },
  }),
})

const faultOf = (monitors: readonly WantedMonitor[], protocol: Protocol2): string | undefined => {
  const nameless = monitors.find((monitor) => variableOf(monitor) === undefined)
  if (nameless !== undefined) return `${nameless.key ?? 'this'} names no variable: write Component.Variable`
  const tooNew = monitors.find(({ type, stream }) => only21.has(type) || stream !== undefined)
  return tooNew === undefined || protocol === 'ocpp2.1'
    ? undefined
    : `OCPP ${versionOf(protocol)} has no ${only21.has(tooNew.type) ? tooNew.type : 'stream of events'}`
}

/** SetVariableMonitoring — have variables watched, as many at once as the station takes. 2.0.1 part 2 N04. Each gets a number of the station's. */
export const SetVariableMonitoring: Action = two((protocol) =>
  order('setMonitors', {
    action: 'SetVariableMonitoring',
    tell: ({ monitors }, context) => {
      const fault = faultOf(monitors, protocol)
      return fault === undefined
        ? { payload: { setMonitoringData: partOf(monitors, context).map(wire) } }
        : { unsupported: fault }
    },
    told: ({ setMonitoringResult: results }: SetVariableMonitoringResponse, { monitors }, context) => {
      const part = partOf(monitors, context)
      const found = new Map(results.map((r) => [keyOf({ ...r, name: nameOf(r) }), r]))
      const judged = part.map((monitor) => {
        const { status = 'not answered', id = monitor.id } = found.get(wiredKey(monitor)) ?? {}
        return { monitor, status, id }
      })
      const refused = judged.filter(({ status }) => status !== 'Accepted')
      const items = judged.flatMap(({ monitor, status, id }): readonly Item[] =>
        status === 'Accepted' && id !== undefined ? [itemOf(id, monitor)] : [],
      )
      return afterPart(
        {
          count: part.length,
          total: monitors.length,
          refused: refused.map(({ monitor, status }) => `${writtenAs(monitor.name)} ${monitor.type}: ${status}`),
          learnt: items.length === 0 ? [] : [{ type: 'items.put', kind: 'monitor', items }],
        },
        context,
        refused.length === part.length &&
          refused.every(({ status }) => isUnsupported(status) || status === 'UnsupportedMonitorType'),
      )
    },
    refused: (code, { monitors }, context) => inHalves(code, partOf(monitors, context).length, context),
  }),
)

const itemOf = (id: number, { name, type, value, severity, duringSession = false }: Named): Item =>
  monitorItem(id, name, {
    type: wireTypes[type],
    value,
    severity,
    transaction: duringSession,
    kind: 'CustomMonitor',
  })
