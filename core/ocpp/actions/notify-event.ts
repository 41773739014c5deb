import type { NotifyEventRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import type { ConnectorReport } from '../../domain/connector.ts'
import { parseInstant } from '../../domain/instant.ts'
import type { Body } from '../../domain/item.ts'
import type { MirrorChange } from '../../domain/mirror.ts'
import { isSevere } from '../../domain/monitor.ts'
import { clean } from '../../domain/text.ts'
import { variableKey, type VariableName, writtenAs } from '../../domain/variable.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { isStanding, standing } from './availability-state.ts'
import { merged, nameOf, placeBody, shownValue, valued } from './variable.ts'

type Told = NotifyEventRequest['eventData'][number]

interface Event extends Told {
  readonly name: VariableName
  readonly at: number | undefined
}

/** So many of one message are told to those who follow; all of them are in the mirror. */
const mostTold = 100

const isNamed = ({ name }: Event, variable: string): boolean => name.variable.name.toLowerCase() === variable

/** What those who follow are told of one event. */
const toldOf = (event: Event): Body => {
  const { name, at, techCode, techInfo, transactionId, variableMonitoringId: monitor } = event
  const value = shownValue(name.variable.name, event.actualValue)
  return {
    event: event.eventId,
    trigger: event.trigger,
    kind: event.eventNotificationType,
    variable: writtenAs(name),
    ...(at !== undefined && { at }),
    ...(value !== undefined && { value: clean(value) }),
    ...(event.cleared !== undefined && { cleared: event.cleared }),
    ...(event.cause !== undefined && { cause: event.cause }),
    ...(event.severity !== undefined && { severity: event.severity }),
    ...(monitor !== undefined && { monitor }),
    ...(techCode !== undefined && { techCode: clean(techCode, 50) }),
    ...(techInfo !== undefined && { techInfo: clean(techInfo) }),
    ...(transactionId !== undefined && { transaction: clean(transactionId) }),
  }
}

/** Something is wrong, or was: a Problem, a code of the maker's, or a monitor that raises an alarm. */
const isFault = (event: Event): boolean =>
  event.techCode !== undefined ||
  isNamed(event, 'problem') ||
  (event.trigger === 'Alerting' && event.variableMonitoringId !== undefined && !isNamed(event, 'availabilitystate'))

const isOver = (event: Event): boolean =>
  event.cleared === true || (isNamed(event, 'problem') && event.actualValue.toLowerCase() === 'false')

/** Each monitor of a variable has a fault of its own. */
const faultKey = ({ name, variableMonitoringId: monitor }: Event): string =>
  monitor === undefined ? variableKey(name) : `${variableKey(name)} ${monitor}`.slice(0, 500)

const faultsOf = (events: readonly Event[]): readonly MirrorChange[] => {
  // of what is raised and cleared in one message the last word counts
  const last = new Map(events.filter(isFault).map((event) => [faultKey(event), event]))
  const raised = [...last].filter(([, event]) => !isOver(event))
  const cleared = [...last].filter(([, event]) => isOver(event)).map(([key]) => key)
  return [
    ...(raised.length === 0
      ? []
      : [
          {
            type: 'items.put' as const,
            kind: 'fault' as const,
            items: raised.map(([key, event]) => ({ key, body: { ...placeBody(event.name), ...toldOf(event) } })),
          },
        ]),
    ...(cleared.length === 0 ? [] : [{ type: 'items.removed' as const, kind: 'fault' as const, keys: cleared }]),
  ]
}

/** The other way to tell how a connector stands (G01.FR.03): the AvailabilityState of a connector, an EVSE, the station. */
const reportOf = (event: Event): readonly ConnectorReport[] => {
  const { evse, connector } = event.name.component
  if (!isNamed(event, 'availabilitystate') || !isStanding(event.actualValue)) return []
  return [
    {
      evse: evse ?? 0,
      connector: evse === undefined ? 0 : (connector ?? 1),
      ...standing(event.actualValue),
      ...(event.at !== undefined && { at: event.at }),
    },
  ]
}

/** One alarm a message, whatever it brings; what comes with every beat of a clock is none. */
const alarmOf = (events: readonly Event[]): string | undefined => {
  const severe = events.filter(
    (event) =>
      event.severity !== undefined && isSevere(event.severity) && event.trigger !== 'Periodic' && !isOver(event),
  )
  return severe.length === 0
    ? undefined
    : severe
        .map((event) => `${writtenAs(event.name)} is ${clean(event.actualValue, 50)}, severity ${event.severity}`)
        .join('; ')
        .slice(0, 500)
}

/**
 * NotifyEvent — what a monitor of the station has seen. 2.0.1 part 2 N07, N08, G01. Each message counts as it comes,
 * though more may belong to it. Faults are kept until they are cleared.
 */
export const NotifyEvent: Action = two(
  dialect('told', {
    request: 'NotifyEventRequest',
    leniency: 'texts',
    ask: ({ generatedAt, seqNo, tbc = false, eventData }: NotifyEventRequest) => {
      const at = parseInstant(generatedAt)?.ms
      const events = eventData.map((told) => ({ ...told, name: nameOf(told), at: parseInstant(told.timestamp)?.ms }))
      const alarm = alarmOf(events)
      return {
        type: 'told',
        topic: 'event',
        ...(at !== undefined && { at }),
        data: { page: seqNo, last: !tbc, count: events.length, events: events.slice(0, mostTold).map(toldOf) },
        learnt: [
          ...merged(events.map(({ name, actualValue }) => valued(name, 'actual', actualValue))),
          ...faultsOf(events),
        ],
        reports: events.flatMap(reportOf),
        ...(alarm !== undefined && { alarm }),
      }
    },
    answer: () => nothing,
  }),
)
