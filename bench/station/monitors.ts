import type {
  ClearMonitoringStatusEnumType,
  EventDataType,
  GenericDeviceModelStatusEnumType,
  GetMonitoringReportRequest,
  MonitoringBaseEnumType,
  MonitoringDataType,
  SetMonitoringDataType,
  SetMonitoringResultType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Evse } from './evse.ts'
import { isOf, isPeriodic, judgeMonitor, type Monitor, verdictOf } from './monitor.ts'
import type { Station } from './station.ts'
import { isMeant } from './report.ts'
import { variableKey } from './variable.ts'

const hot = 80
const alert = 2
const day = 86_400_000

/** The monitors of a station (N): what they see is told as events, of at most the severity that is wanted. */
export class Monitors {
  readonly #station: Station
  #monitors: readonly Monitor[] = []
  #serial = 0
  #events = 0
  base: MonitoringBaseEnumType = 'All'
  level = 9

  constructor(station: Station) {
    this.#station = station
  }

  /** Those it was delivered with. */
  start(): void {
    const place = { component: { name: 'ChargingStation' }, variable: { name: 'Temperature' } }
    this.#add({ ...place, type: 'UpperThreshold', value: hot, severity: alert }, 'PreconfiguredMonitor')
  }

  set(data: SetMonitoringDataType): SetMonitoringResultType {
    const { component, variable, type, severity, id } = data
    const place = { component, variable, type, severity }
    const known = this.#station.model.find(component, variable)
    if (typeof known === 'string') return { ...place, status: known }
    const fault = judgeMonitor(data, known)
    if (fault !== undefined) return { ...place, status: fault }
    const replaced = id === undefined ? undefined : this.#find(id)
    const isOther = replaced !== undefined && keyOf(replaced) !== keyOf(data)
    if (isOther || (id !== undefined && replaced === undefined)) return { ...place, status: 'Rejected' }
    const twin = this.#monitors.find(
      (one) => keyOf(one) === keyOf(data) && one.type === type && one.severity === severity,
    )
    if (twin !== undefined && twin.id !== id) return { ...place, status: 'Duplicate' }
    if (replaced !== undefined) this.#remove(replaced)
    const monitor = this.#add(data, 'CustomMonitor', id)
    return { ...place, status: 'Accepted', id: monitor.id }
  }

  clear(id: number): ClearMonitoringStatusEnumType {
    const known = this.#find(id)
    if (known === undefined) return 'NotFound'
    this.#remove(known)
    return 'Accepted'
  }

  setBase(base: MonitoringBaseEnumType): GenericDeviceModelStatusEnumType {
    this.base = base
    if (base === 'All') return 'Accepted'
    for (const one of this.#monitors) this.#remove(one)
    // there is none that is wired in
    if (base === 'FactoryDefault') this.start()
    return 'Accepted'
  }

  report({
    monitoringCriteria = [],
    componentVariable = [],
  }: GetMonitoringReportRequest): readonly MonitoringDataType[] {
    const meant = this.#monitors.filter(
      (one) => isOf(one, monitoringCriteria) && isMeant(one.component, one.variable, componentVariable),
    )
    return [...Map.groupBy(meant, keyOf).values()].flatMap((of) => {
      const [first] = of
      if (first === undefined) return []
      const { component, variable } = first
      const variableMonitoring = of.map(({ id, transaction, value, type, severity, kind }) => ({
        id,
        transaction,
        value,
        type,
        severity,
        // 2.0.1 has no word for that
        ...(this.#station.protocol === 'ocpp2.1' && { eventNotificationType: kind }),
      }))
      return [
        { component, variable, variableMonitoring: variableMonitoring as MonitoringDataType['variableMonitoring'] },
      ]
    })
  }

  /** Something may have changed. */
  look(): void {
    for (const one of this.#monitors) {
      const actual = this.#actual(one)
      const verdict = verdictOf(one, actual)
      if (verdict === undefined) continue
      one.told = actual
      if (verdict !== 'moved') one.isRaised = verdict === 'raised'
      this.#tell(one, actual, { trigger: verdict === 'moved' ? 'Delta' : 'Alerting', cleared: verdict === 'cleared' })
    }
  }

  /** What is broken at an EVSE, or no longer: of that every station tells without a monitor (N07, HardWiredNotification). */
  tellProblem(evse: Evse, techCode: string, cleared: boolean): void {
    this.#send(
      {
        trigger: 'Alerting',
        actualValue: String(!cleared),
        techCode,
        cleared,
        component: { name: 'Connector', evse: { id: evse.id, connectorId: 1 } },
        variable: { name: 'Problem' },
        eventNotificationType: 'HardWiredNotification',
      },
      alert,
    )
  }

  #find(id: number): Monitor | undefined {
    return this.#monitors.find((one) => one.id === id)
  }

  #add(data: Omit<SetMonitoringDataType, 'id'>, kind: Monitor['kind'], id = ++this.#serial): Monitor {
    const { component, variable, transaction = false, value, type, severity } = data
    const monitor: Monitor = {
      ...{ id, component, variable, transaction, value, type, severity, kind },
      told: '',
      isRaised: false,
      cancel: undefined,
    }
    monitor.told = this.#actual(monitor)
    this.#monitors = [...this.#monitors, monitor]
    if (data.periodicEventStream !== undefined) this.#station.streams.open(monitor.id, data.periodicEventStream)
    if (isPeriodic(type)) this.#repeat(monitor)
    return monitor
  }

  #remove(monitor: Monitor): void {
    monitor.cancel?.()
    this.#monitors = this.#monitors.filter((one) => one !== monitor)
    this.#station.streams.close(monitor.id)
  }

  #repeat(monitor: Monitor): void {
    const everyMs = monitor.value * 1_000
    const waitMs = monitor.type === 'Periodic' ? everyMs : everyMs - ((this.#station.time.now() % day) % everyMs)
    monitor.cancel = this.#station.after(waitMs, () => {
      const actual = this.#actual(monitor)
      if (!this.#station.streams.take(monitor.id, actual)) this.#tell(monitor, actual, { trigger: 'Periodic' })
      this.#repeat(monitor)
    })
  }

  #actual({ component, variable }: Monitor): string {
    const { model } = this.#station
    const known = model.find(component, variable)
    return typeof known === 'string' ? '' : model.valueOf(known)
  }

  #tell(
    monitor: Monitor,
    actualValue: string,
    { trigger, cleared = false }: { readonly trigger: EventDataType['trigger']; readonly cleared?: boolean },
  ): void {
    const { id, component, variable, kind, severity, transaction } = monitor
    const transactionId = this.#station.evses.find(({ id: evse }) => evse === component.evse?.id)?.transaction
      ?.transactionId
    if (severity > this.level || (transaction && transactionId === undefined)) return
    this.#send(
      {
        trigger,
        actualValue,
        ...(cleared && { cleared }),
        ...(transactionId !== undefined && { transactionId }),
        component,
        variable,
        variableMonitoringId: id,
        eventNotificationType: kind,
      },
      severity,
    )
  }

  /** Offline what is severe enough waits, and the rest is forgotten (MonitoringCtrlr.OfflineQueuingSeverity). */
  #send(data: Omit<EventDataType, 'eventId' | 'timestamp'>, severity: number): void {
    const { time, tidings, model, protocol } = this.#station
    const timestamp = new Date(time.now()).toISOString()
    const event = { eventId: ++this.#events, timestamp, ...data, ...(protocol === 'ocpp2.1' && { severity }) }
    const payload = { generatedAt: timestamp, seqNo: 0, tbc: false, eventData: [event] }
    const isKept = severity <= model.number('MonitoringCtrlr/OfflineQueuingSeverity')
    if (isKept) tidings.tell('NotifyEvent', payload)
    else this.#station.post({ action: 'NotifyEvent', payload: () => payload, answered: () => {} })
  }
}

const keyOf = ({ component, variable }: Pick<Monitor, 'component' | 'variable'>): string =>
  variableKey(component, variable)
