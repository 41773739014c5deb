import { refKey } from '../../core/domain/charge-point.ts'
import { busyStatuses, chargingStateOf } from '../../core/domain/charging-course.ts'
import { fulfils } from '../../core/domain/command.ts'
import type { ConnectorReport } from '../../core/domain/connector.ts'
import { holds, inferences } from '../../core/domain/deadline.ts'
import type { CurrentState, StateReport } from '../../core/ports/current-state.ts'
import type { MemoryLedger } from './ledger.ts'

interface Presence {
  readonly epoch: number
  /** Absent while it is connected. */
  readonly awaySince?: number
}

/** How things stand, in memory, fenced by the connection epoch as everywhere (D-5). */
export class MemoryCurrentState implements CurrentState {
  readonly #ledger: MemoryLedger
  readonly connectors = new Map<string, { readonly status: ConnectorReport['status']; readonly epoch: number }>()
  readonly presence = new Map<string, Presence>()

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger
  }

  async write(reports: readonly StateReport[]): Promise<readonly string[]> {
    for (const report of reports) this.#apply(report)
    const { expectations } = this.#ledger
    const done = expectations.filter((e) => reports.some((r) => refKey(r) === refKey(e) && fulfils(e, r)))
    for (const expectation of done) expectations.splice(expectations.indexOf(expectation), 1)
    return done.map((e) => e.command)
  }

  #apply(report: StateReport): void {
    const ref = refKey(report)
    const known = this.presence.get(ref)?.epoch ?? 0
    if (report.kind === 'connected' && known <= report.epoch) this.presence.set(ref, { epoch: report.epoch })
    if (report.kind === 'disconnected' && known === report.epoch)
      this.presence.set(ref, { epoch: report.epoch, awaySince: report.at })
    if (report.kind !== 'status') return
    const { evse, status } = report.report
    const plug = `${ref}/${evse}`
    if (report.report.isOccupied !== true) this.#keepCourse(report, plug)
    if ((this.connectors.get(plug)?.epoch ?? 0) <= report.epoch)
      this.connectors.set(plug, { status, epoch: report.epoch })
    if (status === 'available') this.#holdOpen(report, evse)
  }

  #keepCourse({ epoch, at, report }: Extract<StateReport, { readonly kind: 'status' }>, plug: string): void {
    const known = this.connectors.get(plug)
    const isBusy = busyStatuses.some((one) => one === report.status || one === known?.status)
    if (report.evse === 0 || !isBusy || known?.status === report.status || (known?.epoch ?? 0) > epoch) return
    this.#ledger.keepState({ of: plug, at: report.at ?? at, seq: at, state: chargingStateOf(report.status) })
  }

  #holdOpen({ at, ...ref }: StateReport, evse: number): void {
    for (const session of this.#ledger.sessions.values())
      if (session.state === 'open' && refKey(session) === refKey(ref) && session.evse === evse)
        this.#ledger.holdUnlessHeld({
          tenant: session.tenant,
          kind: 'session.infer',
          key: session.id,
          due: at + holds.connectorAvailable,
          reason: inferences.connectorAvailable,
        })
  }
}
