import { refKey } from '../core/domain/charge-point.ts'
import type { Link } from './link.ts'
import type { Worker } from './worker.ts'

const slots = 60
const outageTolerableMs = 15_000
const seenEveryMs = 5 * 60_000
/** A directory that has forgotten everything knows everyone again within 30 s (INV-36). */
const renewEveryMs = 25_000
const drainSlices = 20

/**
 * Who is there: presence is the socket, answering pings (handbook/reliability.md §6.1 D-8). One sweep a worker visits
 * every socket at least twice a ping interval, spread by their names; it also takes everyone offline when the store has failed
 * for too long (D-11).
 */
export class Presence {
  readonly #worker: Worker
  #slot = 0
  #stopped = false
  #takingOffline = false

  constructor(worker: Worker) {
    this.#worker = worker
  }

  start(): void {
    const { timers, settings } = this.#worker
    timers.after(Math.min(settings.pingMs / 2, renewEveryMs) / slots, () => {
      if (this.#stopped) return
      this.#sweep()
      this.start()
    })
  }

  stop(): void {
    this.#stopped = true
  }

  arrived(link: Link): void {
    const { directory, reporter, clock, name, log, bus } = this.#worker
    const { ref, epoch, protocol, address } = link.seat
    link.seenWrittenAt = clock.monotonic()
    reporter.report({ kind: 'connected', ...ref, epoch, at: clock.now(), protocol, address, worker: name })
    log.info('charge point connected', { chargePoint: link.key, protocol, epoch })
    directory.claim(ref, { worker: name, epoch }).then(
      (claim) => {
        if (!claim.taken) return this.#worker.registry.supersede(link)
        if (claim.replaced === undefined || claim.replaced.worker === name) return undefined
        this.#worker.registry.takenOver(link)
        const message = {
          number: 3,
          to: ref,
          below: epoch,
          code: 1008,
          reason: 'replaced by a newer connection',
          replaced: true,
        } as const
        return bus.ask(claim.replaced.worker, message, 5_000).then(
          () => undefined,
          () => undefined,
        )
      },
      (error: unknown) => log.warn('the directory does not answer', { reason: String(error) }),
    )
  }

  left(link: Link, code: number, reason: string): void {
    const { directory, reporter, clock, name, log } = this.#worker
    const { ref, epoch } = link.seat
    reporter.report({ kind: 'disconnected', ...ref, epoch, at: clock.now(), code, reason })
    log.info('charge point disconnected', { chargePoint: link.key, code, reason })
    directory
      .release(ref, { worker: name, epoch })
      .catch((error: unknown) => log.warn('the directory does not answer', { reason: String(error) }))
  }

  #sweep(): void {
    const { registry, clock, settings, journal, reporter } = this.#worker
    if (journal.outageMs > outageTolerableMs) this.#takeOffline()
    const now = clock.monotonic()
    this.#slot = (this.#slot + 1) % slots
    for (const link of registry.links()) {
      if (link.slot % slots !== this.#slot) continue
      const quiet = now - link.heardAt
      const pingMs = Math.max(settings.pingMs, link.quirks?.timing?.pingMs ?? 0)
      if (quiet > pingMs * 1.5) registry.silent(link)
      else if (quiet > pingMs * 0.5) link.connection.ping()
      if (link.open) this.#renew(link)
      if (link.open && now - link.seenWrittenAt > seenEveryMs) {
        link.seenWrittenAt = now
        reporter.report({ kind: 'seen', ...link.seat.ref, epoch: link.seat.epoch, at: clock.now() })
      }
    }
  }

  /** The word that it was replaced may have been lost: here it shows at the latest (D-5). */
  #renew(link: Link): void {
    const { directory, name, registry } = this.#worker
    directory.renew(link.seat.ref, { worker: name, epoch: link.seat.epoch }).then(
      (isOurs) => isOurs || registry.supersede(link),
      () => {}, // a directory that does not answer has taken nothing from us (INV-37)
    )
  }

  /** An offline station keeps its billing messages; one that is answered errors throws them away. So: close, spread out. */
  #takeOffline(): void {
    if (this.#takingOffline) return
    this.#takingOffline = true
    this.#worker.log.error('store has not committed for too long: charge points are sent offline', {
      sockets: this.#worker.registry.size,
    })
    void this.dismissAll(1013, 'try again later', 5_000).then(() => (this.#takingOffline = false))
  }

  /** Closes every socket, spread evenly over `overMs`. */
  async dismissAll(code: number, reason: string, overMs: number): Promise<void> {
    const { registry, timers, random } = this.#worker
    const links = [...registry.links()].sort((a, b) => (refKey(a.seat.ref) < refKey(b.seat.ref) ? -1 : 1))
    const slice = Math.max(1, Math.ceil(links.length / drainSlices))
    for (let at = 0; at < links.length; at += slice) {
      for (const link of links.slice(at, at + slice)) registry.dismiss(link, code, reason)
      if (at + slice < links.length)
        await new Promise<void>((go) => timers.after(overMs / drainSlices + random.integer(0, 20), go))
    }
  }
}
