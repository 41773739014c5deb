import {
  isInTime,
  isWanted,
  type Traced,
  type TraceEntry,
  type TraceKind,
  traceKinds,
  type TraceQuery,
  verdicts,
} from '../core/domain/trace.ts'
import { masked } from '../core/ocpp/mask.ts'
import { headOf } from '../core/ocpp/frame.ts'
import type { Digest } from '../core/ports/digest.ts'

const entriesPerMegabyte = 4_096
const deskBytes = 16 * 1024
/** Of one charge point so many texts are looked at for one question: whoever asks must not hold everybody up. */
const mostLookedAt = 20_000
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Names as small numbers. Only so many fit, and what the wire makes up has none: 0 = to be read from the text again. */
class Names {
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #names: string[] = ['']

  numberOf(name: string, isOurs: (name: string) => boolean): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    if (this.#names.length > 255 || !isOurs(name)) return 0
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  nameOf(number: number): string | undefined {
    return number === 0 ? undefined : this.#names[number]
  }
}

/**
 * The last entries of all sockets of this worker, the oldest written over. Bytes in one buffer and numbers in typed
 * arrays: a hundred thousand texts kept as objects would cost the collector more than all the messages cost the worker.
 */
export class TraceRing {
  /** The desk, and the bytes behind it. */
  readonly #all: Uint8Array
  readonly #desk: Uint8Array
  readonly #bytes: Uint8Array
  readonly #capacity: number
  readonly #first: number
  readonly #at: Float64Array
  readonly #start: Float64Array
  readonly #length: Uint32Array
  readonly #owner: Uint32Array
  /** −1 = none. */
  readonly #latency: Int32Array
  /** Kind, and of a frame whether it went out: twice the place among the kinds, and one more. */
  readonly #kind: Uint8Array
  readonly #action: Uint8Array
  readonly #verdict: Uint8Array
  readonly #owners = new Map<string, number>()
  readonly #actions = new Names()
  readonly #verdicts = new Names()
  readonly #isAction: (name: string) => boolean
  /** Bytes and entries ever written; where they are is their remainder. */
  #written = 0
  #count = 0
  /** Where the next text begins. */
  #to = 0

  /** `first` is the serial number of its first entry; `isAction` says which names of the wire are worth a number. */
  constructor(megabytes: number, first = 0, isAction: (name: string) => boolean = () => true) {
    this.#all = new Uint8Array(deskBytes + megabytes * 1024 * 1024)
    this.#desk = this.#all.subarray(0, deskBytes)
    this.#bytes = this.#all.subarray(deskBytes)
    this.#capacity = megabytes * entriesPerMegabyte
    this.#first = first
    this.#at = new Float64Array(this.#capacity)
    this.#start = new Float64Array(this.#capacity)
    this.#length = new Uint32Array(this.#capacity)
    this.#owner = new Uint32Array(this.#capacity)
    this.#latency = new Int32Array(this.#capacity)
    this.#kind = new Uint8Array(this.#capacity)
    this.#action = new Uint8Array(this.#capacity)
    this.#verdict = new Uint8Array(this.#capacity)
    this.#isAction = isAction
  }

  add(owner: number, at: number, traced: Traced): void {
    const size = this.#bytes.length
    // one that would fill a good part of the ring is noted without its text
    const text = traced.text.length * 3 > size ? '' : traced.text
    // a text is never split at the end of the buffer: it begins again at the front
    if (this.#to + text.length * 3 > size) {
      this.#written += size - this.#to
      this.#to = 0
    }
    const written = this.#put(text, this.#to)
    const slot = this.#count++ % this.#capacity
    this.#at[slot] = at
    this.#start[slot] = this.#written
    this.#length[slot] = written
    this.#owner[slot] = owner
    this.#latency[slot] = traced.latencyMs ?? -1
    this.#kind[slot] = kindNumbers[traced.kind] + (traced.direction === 'out' ? 1 : 0)
    const isFrame = traced.kind === 'frame'
    // a CALL says it itself
    const action = isFrame && text.charCodeAt(1) === 50 ? undefined : traced.action
    this.#action[slot] = action === undefined ? 0 : this.#actions.numberOf(action, isFrame ? this.#isAction : ours)
    this.#verdict[slot] = this.#verdicts.numberOf(traced.verdict ?? '', isFrame ? isVerdict : ours)
    this.#written += written
    this.#to += written
  }

  /** By way of a desk of its own: a view made for every text would cost four times as much as writing it. */
  #put(text: string, to: number): number {
    if (text.length * 3 > this.#desk.length) return encoder.encodeInto(text, this.#bytes.subarray(to)).written
    const { written } = encoder.encodeInto(text, this.#desk)
    this.#all.copyWithin(deskBytes + to, 0, written)
    return written
  }

  /** A number for a charge point, to be given with each entry. */
  ownerOf(key: string): number {
    let owner = this.#owners.get(key)
    if (owner === undefined) this.#owners.set(key, (owner = this.#owners.size + 1))
    return owner
  }

  /** The newest entries of one charge point that are wanted, newest first, masked. */
  newest(key: string, query: TraceQuery, digest: Digest): readonly TraceEntry[] {
    const owner = this.#owners.get(key)
    if (owner === undefined) return []
    const found: TraceEntry[] = []
    const kept = Math.max(0, this.#count - this.#capacity)
    const oldest = this.#written - this.#bytes.length
    let lookedAt = 0
    for (let n = this.#count - 1; n >= kept && found.length < query.limit && lookedAt < mostLookedAt; n--) {
      const slot = n % this.#capacity
      if ((this.#start[slot] ?? 0) < oldest) break
      if (this.#owner[slot] !== owner) continue
      if (!isInTime({ at: this.#at[slot] ?? 0, serial: this.#first + n }, query)) continue
      lookedAt++
      const entry = this.#entry(n, digest)
      if (isWanted(entry, query)) found.push(entry)
    }
    return found
  }

  #entry(n: number, digest: Digest): TraceEntry {
    const slot = n % this.#capacity
    const from = (this.#start[slot] ?? 0) % this.#bytes.length
    const size = this.#length[slot] ?? 0
    const text = decoder.decode(this.#bytes.subarray(from, from + size))
    const number = this.#kind[slot] ?? 0
    const kind: TraceKind = traceKinds[number >> 1] ?? 'frame'
    const isFrame = kind === 'frame'
    const head: Head = isFrame ? (headOf(text) ?? {}) : { id: callOf(text) }
    const latency = this.#latency[slot] ?? -1
    const of = {
      action: this.#actions.nameOf(this.#action[slot] ?? 0) ?? head.action,
      verdict: this.#verdicts.nameOf(this.#verdict[slot] ?? 0) ?? head.code,
      messageId: head.id,
    }
    return {
      at: this.#at[slot] ?? 0,
      serial: this.#first + n,
      kind,
      ...(isFrame && { direction: number % 2 === 1 ? 'out' : 'in' }),
      ...(of.action !== undefined && { action: of.action }),
      ...(of.messageId !== undefined && { messageId: of.messageId }),
      ...(latency >= 0 && { latencyMs: latency }),
      ...(of.verdict !== undefined && { verdict: of.verdict }),
      size,
      text: masked(text, digest),
    }
  }
}

interface Head {
  readonly id?: string | undefined
  readonly action?: string
  readonly code?: string
}

/** Details that belong to a CALL name it. */
const callOf = (details: string): string | undefined =>
  details === '' ? undefined : (JSON.parse(details) as { readonly call?: string }).call

const ours = (): boolean => true
/** A CALLERROR's code stands in its text, whoever made it up. */
const isVerdict = (name: string): boolean => (Object.values(verdicts) as readonly string[]).includes(name)

const kindNumbers = Object.fromEntries(traceKinds.map((kind, i) => [kind, i * 2])) as Readonly<
  Record<TraceKind, number>
>
