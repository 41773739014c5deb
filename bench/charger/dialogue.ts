import { decodeFrame, encodeError, encodeResult, type Frame } from '../../core/ocpp/frame.ts'
import { faultOfCall } from '../../core/ocpp/router.ts'
import { answers } from './answers/index.ts'
import { sayAnswer, sayCall } from './saying.ts'
import type { Charger } from './charger.ts'

type Call = Extract<Frame, { readonly kind: 'call' }>

/** What is said on the socket, in both directions. */
export class Dialogue {
  readonly #charger: Charger

  constructor(charger: Charger) {
    this.#charger = charger
  }

  /** Puts a CALL of the station on the socket; false where there is none. */
  say(text: string): boolean {
    return sayCall(this.#charger, text)
  }

  heard(text: string): void {
    const { books, mailbox, chaos } = this.#charger
    const frame = decodeFrame(text)
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
        return mailbox.error(frame.id, frame.code)
      case 'malformed':
        books.complain(`was sent a malformed CALL: ${frame.reason}`)
        return void this.#charger.line.send(encodeError(frame.id, 'FormationViolation', frame.reason))
      case 'send':
      case 'resultError':
      case 'unreadable':
        return books.complain(`was sent what cannot be read: ${'reason' in frame ? frame.reason : frame.kind}`)
    }
  }

  #called({ id, action, payload }: Call): void {
    this.#charger.note(`was told ${action}`)
    const answer = answers[action]
    if (answer === undefined) return this.#refuse(id, 'NotImplemented', `there is no ${action}`)
    const fault = faultOfCall('ocpp1.6', action, payload)
    if (fault !== undefined) return this.#refuse(id, 'FormationViolation', fault)
    const reply = answer(this.#charger, payload as never)
    if ('refusal' in reply) return this.#refuse(id, reply.refusal, reply.description)
    sayAnswer(this.#charger, encodeResult(id, reply.answer), reply.then)
  }

  #refuse(id: string, code: string, description: string): void {
    sayAnswer(this.#charger, encodeError(id, code, description))
  }
}
