import type { WorkerAnswer, WorkerMessage } from '../core/cluster/message.ts'
import type { Command } from '../core/domain/command.ts'
import type { MirrorChange } from '../core/domain/mirror.ts'
import { passwordFault } from '../core/ocpp/actions/password.ts'
import type { OrderContext } from '../core/ocpp/dialect.ts'
import { isTwo } from '../core/ocpp/version.ts'
import { Errand } from './command/errand.ts'
import { commandTopic } from './commander.ts'
import type { Link } from './link.ts'
import { mayNotRotate } from './rotation.ts'
import type { Worker } from './worker.ts'

const passwordBytes = 20
const passwordLength = 32
/** 64 of them: each byte makes one, and all are as likely. */
const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const encoder = new TextEncoder()

/** What other workers and the API ask of the worker that holds a socket. */
export class Orders {
  readonly #worker: Worker

  constructor(worker: Worker) {
    this.#worker = worker
  }

  async answer(message: WorkerMessage): Promise<WorkerAnswer> {
    const link = this.#worker.registry.find(message.to)
    if (link === undefined) return { type: 'notHere' }
    switch (message.number) {
      case 1: {
        const reason = this.#worker.registry.mayNotSend(link, message.action)
        if (reason !== undefined) return { type: 'called', outcome: { type: 'notDelivered', reason } }
        const fault = passwordFault(message.action, message.payload)
        if (fault !== undefined) return { type: 'called', outcome: { type: 'invalid', reason: fault } }
        return {
          type: 'called',
          outcome: await this.#worker.caller.call(link, message.action, message.payload, message.deadline),
        }
      }
      case 2:
        return {
          type: 'frames',
          frames: this.#worker.trace.newest(link.key, { limit: message.limit, kind: 'frame' }).toReversed(),
        }
      case 3:
        if (link.seat.epoch >= message.below) return { type: 'done' }
        if (message.replaced) this.#worker.registry.supersede(link)
        else this.#worker.registry.dismiss(link, message.code, message.reason)
        return { type: 'done' }
      case 4:
        this.#carryOut(link, message)
        return { type: 'done' }
      case 13:
        return { type: 'trace', entries: this.#worker.trace.newest(link.key, message.query) }
      default:
        return { type: 'unknown' }
    }
  }

  #carryOut(link: Link, { command, transaction, context }: Extract<WorkerMessage, { readonly number: 4 }>): void {
    const known: OrderContext = {
      now: this.#worker.clock.now(),
      number: command.number,
      ...(command.tag !== undefined && { tag: command.tag }),
      ...(transaction !== undefined && { transaction }),
      ...context,
    }
    if (command.order.type !== 'rotatePassword') return new Errand(this.#worker, link, command, known).begin()
    const barred = mayNotRotate(link)
    if (barred !== undefined) return this.#refuse(command, barred)
    // made where it is sent: it travels over no bus and stands in no row
    const { secret, sent } = this.#newPassword(isTwo(link.seat.protocol), link.record.next?.hash)
    return new Errand(this.#worker, link, command, { ...known, secret, sealed: sent.hash }, [sent]).begin()
  }

  #refuse(command: Command, reason: string): void {
    const { clock, commands, bus, log } = this.#worker
    commands.step(command, { at: clock.now(), state: 'done', outcome: 'notDelivered', reason }).then(
      () => bus.publish(commandTopic(command.id), ''),
      (error: unknown) =>
        log.error('a step of an order could not be kept', { command: command.id, reason: String(error) }),
    )
  }

  /** In 1.6 it is made of bytes, written as digits; in 2.x it is a text of 16 to 40 characters (A01.FR.10). */
  #newPassword(
    isText: boolean,
    replaces: Uint8Array | undefined,
  ): {
    readonly secret: string
    readonly sent: Extract<MirrorChange, { readonly type: 'password.sent' }>
  } {
    const { secrets, digest } = this.#worker
    const bytes = secrets.bytes(isText ? passwordLength : passwordBytes)
    const salt = secrets.bytes(16)
    const secret = isText
      ? Array.from(bytes, (byte) => characters.charAt(byte % characters.length)).join('')
      : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const hash = digest.seal(salt, isText ? encoder.encode(secret) : bytes)
    return { secret, sent: { type: 'password.sent', salt, hash, ...(replaces !== undefined && { replaces }) } }
  }
}
