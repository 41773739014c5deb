import type { Wire } from '../wire.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import type { Kind } from './orders.ts'
import { type Wording, wordings } from './wording.ts'

/** A charge point as a load generator needs it: a socket, and what it must remember to say the next true thing. */
export class Station {
  readonly index: number
  readonly protocol: Protocol
  wire: Wire | undefined
  /** Whether it has come through: connected and greeted. */
  isHere = false
  transaction: number | string = 0
  /** Of the next event of its transaction (2.x). */
  seqNo = 0
  register = 1_000_000
  isPreparing = false
  /** CALLs without an answer. */
  waiting = 0
  serial = 0
  /** Whether it lost its socket in the window that is open now. */
  isTouched = false
  /** The answer that a script waits for; told undefined when the socket goes. */
  awaited: { readonly id: string; readonly tell: (text: string | undefined) => void } | undefined
  /** Hears each answer, while a closed loop runs. */
  next: (() => void) | undefined

  constructor(index: number, protocol: Protocol) {
    this.index = index
    this.protocol = protocol
  }

  get wording(): Wording {
    return wordings[this.protocol]
  }

  get isFree(): boolean {
    return this.isHere && this.waiting === 0 && this.awaited === undefined
  }
}

const letters: Readonly<Record<Kind, string>> = {
  heartbeat: 'h',
  status: 's',
  meter: 'm',
  start: 'a',
  stop: 'z',
  boot: 'b',
}
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter.charCodeAt(0), kind as Kind]))

/**
 * When a message was due travels in its id, and the answer brings it back: nothing is remembered for it, and a server
 * that is late cannot make the generator forget to count that. `~`, kind, µs since the process began, a number.
 */
export const idOf = (kind: Kind, dueUs: number, serial: number): string =>
  `~${letters[kind]}${Math.round(dueUs).toString(36)}.${serial.toString(36)}`

const tilde = 126

/** Of an answer, or of the frame itself where an echo answers: its kind and when it was due; undefined for what is not ours. */
export const readId = (text: string): { readonly kind: Kind; readonly dueUs: number } | undefined => {
  const at = text.indexOf('"') + 1
  if (text.charCodeAt(at) !== tilde) return undefined
  const kind = kinds.get(text.charCodeAt(at + 1))
  if (kind === undefined) return undefined
  return { kind, dueUs: Number.parseInt(text.slice(at + 2, text.indexOf('.', at)), 36) }
}
