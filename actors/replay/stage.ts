import type { Command, Order } from '../../core/domain/command.ts'
import type { ChargePointRef, Registration } from '../../core/domain/charge-point.ts'
import type { RecordedEntry, Recording } from '../../core/domain/recording.ts'
import { isProtocol } from '../../core/ocpp/version.ts'
import type { Connection } from '../../core/ports/gateway.ts'
import type { Opening } from '../../core/ports/credentials.ts'
import type { Link } from '../link.ts'
import type { Worker } from '../worker.ts'
import { detailsOf } from './decisions.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { World } from './world.ts'

const ref: ChargePointRef = { tenant: 'replay', identity: 'STATION' }
const longMs = 3_600_000

const makeNames = ['vendor', 'model', 'firmware'] as const

/** What is known of a socket as it opens; what is absent is as it usually is. */
interface Known extends Partial<Omit<Opening, 'ordersWait'>> {
  readonly registration?: Registration
  readonly clockless?: boolean
  /** What it called itself: its quirks are repaired here as they were then. */
  readonly make?: { readonly [name in (typeof makeNames)[number]]?: string }
}

interface Parts {
  readonly worker: Worker
  readonly world: World
  readonly clock: VirtualClock
  readonly recording: Recording
  readonly said: (text: string) => void
}

/** The charge point's side of a replay: what each recorded entry does to a worker. */
export class Stage {
  readonly #parts: Parts
  readonly #links = new Map<number, Link>()
  #link: Link | undefined
  /** CALLs that our worker has written and whose recorded twin has not come yet. */
  readonly #written: { readonly id: string; readonly action: string }[] = []
  /** Our own message ids by the recorded ones: the station answers under the latter. */
  readonly #ours = new Map<string, string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async play(entry: RecordedEntry): Promise<void> {
    switch (entry.kind) {
      case 'opened':
        return this.#opened(entry)
      case 'closed':
        return this.#closed(entry)
      case 'frame':
        return entry.direction === 'out' ? this.#told(entry) : this.#hears(entry)
      case 'deadline':
        // ours come by themselves; one that was recorded a moment earlier comes now
        if (entry.action === 'boot' && this.#link !== undefined) this.#parts.worker.registry.due(this.#link, 'boot')
        return
      case 'registration':
        if (entry.action === 'record')
          this.#parts.worker.registry.changed(ref, (entry.verdict ?? 'accepted') as Registration)
        return
      case 'order':
        return this.#ordered(entry)
      case 'token':
        // it is asked for when its CALL is
        return
    }
  }

  #opened(entry: RecordedEntry): void {
    const { epoch, registration, clockless, connectors, reservations, ...make } = detailsOf(entry)
    this.#open({
      ...(epoch !== undefined && { epoch: Number(epoch) }),
      ...(registration !== undefined && { registration: registration as Registration }),
      clockless: clockless === true,
      ...(Array.isArray(connectors) && { connectors: connectors as Opening['connectors'] }),
      ...(Array.isArray(reservations) && { reservations: reservations as Opening['reservations'] }),
      make: Object.fromEntries(makeNames.flatMap((n) => (typeof make[n] === 'string' ? [[n, make[n]]] : []))),
    })
  }

  #open(known: Known): Link {
    const { worker, recording } = this.#parts
    const { epoch = 1, registration = 'accepted', clockless = false, connectors = [], reservations = [], make } = known
    const connection: Connection = {
      send: (text) => {
        this.#says(text)
        return 0
      },
      ping: () => {},
      close: () => {},
      terminate: () => {},
    }
    const record = { ...ref, ...make, registration, blocked: false, clockless }
    const protocol = isProtocol(recording.protocol) ? recording.protocol : 'ocpp1.6'
    // orders that wait are given by the recording
    const opening = { epoch, connectors, reservations, ordersWait: false }
    const link = worker.gateway.opened(
      { identity: ref.identity, ref, record, protocol, address: '', ...opening },
      connection,
    )
    this.#links.set(epoch, link)
    this.#link = link
    return link
  }

  #closed(entry: RecordedEntry): void {
    const { worker } = this.#parts
    const { epoch, code, reason } = detailsOf(entry)
    const link = this.#links.get(Number(epoch)) ?? this.#link
    if (link === undefined) return
    if (entry.verdict === 'silent') worker.registry.silent(link)
    else if (entry.verdict === 'superseded') worker.registry.supersede(link)
    else if (entry.verdict === 'dismissed') worker.registry.dismiss(link, Number(code), String(reason))
    else worker.gateway.closed(link, Number(code))
  }

  #hears({ text }: RecordedEntry): void {
    const link = this.#link ?? this.#open({})
    this.#parts.worker.gateway.heard(link, this.#underOurs(text))
  }

  /** An answer of the station, under the id that our CALL has this time. */
  #underOurs(text: string): string {
    const [, type, id = ''] = /^\s*\[\s*([34])\s*,\s*"([^"\\]*)"/.exec(text) ?? []
    const ours = type === undefined ? undefined : this.#ours.get(id)
    return ours === undefined ? text : text.replace(`"${id}"`, `"${ours}"`)
  }

  #says(text: string): void {
    const [, id, action] = /^\[2,"([^"]*)","([^"]*)"/.exec(text) ?? []
    if (id !== undefined && action !== undefined) this.#written.push({ id, action })
    this.#parts.said(text)
  }

  /** We said this then. An answer comes by itself; a CALL that nothing here has caused is sent as it was. */
  async #told({ verdict, action, messageId, text }: RecordedEntry): Promise<void> {
    if (verdict !== 'sent' || action === undefined || messageId === undefined || this.#link === undefined) return
    const { worker, clock } = this.#parts
    if (!this.#written.some((call) => call.action === action)) {
      void worker.caller.call(this.#link, action, payloadOf(text), clock.now() + longMs)
      await clock.settle()
    }
    const at = this.#written.findIndex((call) => call.action === action)
    const [call] = at < 0 ? [] : this.#written.splice(at, 1)
    if (call !== undefined) this.#ours.set(messageId, call.id)
  }

  async #ordered(entry: RecordedEntry): Promise<void> {
    const { world, worker, clock } = this.#parts
    const { command: id, number, order, deadline, idTag, transaction, location } = detailsOf(entry)
    if (typeof id !== 'string' || typeof order !== 'object' || order === null) return
    // it has gone on with another CALL: so it does here, by itself
    if ((await world.commands.find(ref.tenant, id)) !== undefined) return
    const stored = await world.commands.create({
      ...ref,
      id,
      order: this.#aboutOurs(order as Order),
      state: 'queued',
      waits: false,
      createdAt: entry.at,
      deadline: typeof deadline === 'number' ? deadline : clock.now() + longMs,
      history: [{ at: entry.at, state: 'queued' }],
    })
    const command: Command = {
      ...stored,
      ...(typeof number === 'number' && { number }),
      ...(typeof idTag === 'string' && { tag: idTag }),
    }
    await world.bus.ask(
      worker.name,
      {
        number: 4,
        to: ref,
        command,
        ...(typeof transaction === 'string' && { transaction }),
        ...(typeof location === 'string' && { context: { location } }),
      },
      longMs,
    )
  }

  /** An order names the session as it was called then. */
  #aboutOurs(order: Order): Order {
    const { recording, world } = this.#parts
    if (order.type !== 'stopCharging' || order.session !== recording.stored.id) return order
    const ours = [...world.sessions()].find(({ transaction }) => transaction === recording.stored.transaction)
    return ours === undefined ? order : { ...order, session: ours.id }
  }
}

const payloadOf = (text: string): unknown => {
  try {
    return (JSON.parse(text) as readonly unknown[])[3] ?? {}
  } catch {
    return {}
  }
}
