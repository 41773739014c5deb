import { decodeFrame, encodeError, encodeResult, type Frame } from '../../core/ocpp/frame.ts'
import { check } from '../../core/ocpp/schema.ts'
import { faultOfCall } from '../../core/ocpp/router.ts'
import { sayAnswer, sayCall } from '../charger/saying.ts'
import { answersOf } from './answers/index.ts'
import type { Answers } from './answers/reply.ts'
import type { Station } from './station.ts'

type Call = Extract<Frame, { readonly kind: 'call' }>

/** What is said on the socket, in both directions; what the station says is as the schema has it, or is not said. */
export class Dialogue {
  readonly #station: Station
  readonly #answers: Answers

  constructor(station: Station) {
    this.#station = station
    this.#answers = answersOf(station.protocol)
  }

  /** Whether a CALL is as the schema has it; one that is not is a fault of this station, and is not sent. */
  isSound(text: string): boolean {
    const { books, protocol } = this.#station
    const [, , action, payload] = JSON.parse(text) as [number, string, string, object]
    const fault = faultOfCall(protocol, action, payload)
    if (fault !== undefined) books.complain(`was about to say ${action} ${JSON.stringify(payload)}: ${fault}`)
    return fault === undefined
  }

  /** Puts a CALL of the station on the socket; false where there is none. */
  say(text: string): boolean {
    return sayCall(this.#station, text)
  }

  /** Tells what is not answered (2.1, SEND). */
  send(action: string, payload: object): void {
    const { line, books, protocol } = this.#station
    const checked = check(protocol, action, payload, 'strict')
    const fault = checked.ok ? checked.untidy : checked.refusal.description
    if (fault === undefined) line.send(JSON.stringify([6, this.#station.newId(), action, payload]))
    else books.complain(`was about to tell ${action} ${JSON.stringify(payload)}: ${fault}`)
  }

  heard(text: string): void {
    const { books, mailbox, chaos, protocol } = this.#station
    const frame = decodeFrame(text, protocol)
    switch (frame.kind) {
      case 'call':
        return this.#called(frame)
      case 'result':
        books.answered(frame.id)
        chaos?.answered(frame)
        return mailbox.result(frame.id, frame.payload as Record<string, unknown>)
      case 'error':
        books.answered(frame.id)
        chaos?.answered(frame)
        this.#station.note(`was answered ${frame.code}: ${frame.description}`)
        return mailbox.error(frame.id, frame.code)
      case 'resultError':
        return books.complain(`an answer of its own was of no use: ${frame.code} ${frame.description}`)
      case 'send':
        return books.complain(`was told ${frame.action}, which a server does not tell`)
      case 'malformed':
        books.complain(`was sent a malformed CALL: ${frame.reason}`)
        return void this.#station.line.send(encodeError(frame.id, 'FormatViolation', frame.reason))
      case 'unreadable':
        return books.complain(`was sent what cannot be read: ${frame.reason}`)
    }
  }

  #called({ id, action, payload }: Call): void {
    const station = this.#station
    station.note(`was told ${action}`)
    const { isAccepted, status } = station.registration
    // errata 2.3: a station that was rejected takes nothing but the trigger of its boot
    if (!isAccepted && status === 'Rejected' && action !== 'TriggerMessage')
      return this.#refuse(id, 'SecurityError', 'this station was rejected')
    const answer = this.#answers[action]
    if (answer === undefined) return this.#refuse(id, 'NotImplemented', `there is no ${action}`)
    const fault = faultOfCall(station.protocol, action, payload)
    if (fault !== undefined) return this.#refuse(id, 'FormatViolation', fault)
    const reply = answer(station, payload as never)
    if ('refusal' in reply) return this.#refuse(id, reply.refusal, reply.description)
    const checked = check(station.protocol, `${action}Response`, reply.answer, 'strict')
    const slip = checked.ok ? checked.untidy : checked.refusal.description
    if (slip !== undefined) {
      station.books.complain(`was about to answer ${action} ${JSON.stringify(reply.answer)}: ${slip}`)
      return this.#refuse(id, 'InternalError', slip)
    }
    sayAnswer(station, encodeResult(id, reply.answer), reply.then)
  }

  #refuse(id: string, code: string, description: string): void {
    sayAnswer(this.#station, encodeError(id, code, description))
  }
}
