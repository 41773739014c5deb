import type { TraceFrame } from '../core/domain/trace.ts'

const entriesPerMegabyte = 4_096
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * The last frames of all sockets of this worker, the oldest written over. Bytes in one buffer and numbers in typed
 * arrays: a hundred thousand texts kept as objects would cost the collector more than all the messages cost the worker.
 */
export class TraceRing {
  readonly #bytes: Uint8Array
  readonly #capacity: number
  readonly #at: Float64Array
  readonly #start: Float64Array
  readonly #length: Uint32Array
  readonly #owner: Uint32Array
  readonly #outward: Uint8Array
  readonly #owners = new Map<string, number>()
  /** Bytes and entries ever written; where they are is their remainder. */
  #written = 0
  #count = 0

  constructor(megabytes = 16) {
    this.#bytes = new Uint8Array(megabytes * 1024 * 1024)
    this.#capacity = megabytes * entriesPerMegabyte
    this.#at = new Float64Array(this.#capacity)
    this.#start = new Float64Array(this.#capacity)
    this.#length = new Uint32Array(this.#capacity)
    this.#owner = new Uint32Array(this.#capacity)
    this.#outward = new Uint8Array(this.#capacity)
  }

  add(key: string, at: number, direction: 'in' | 'out', text: string): void {
    const size = this.#bytes.length
    // a text is never split at the end of the buffer: it begins again at the front
    if ((this.#written % size) + text.length * 3 > size) this.#written += size - (this.#written % size)
    if (text.length * 3 > size) return
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#written % size))
    const slot = this.#count++ % this.#capacity
    this.#at[slot] = at
    this.#start[slot] = this.#written
    this.#length[slot] = written
    this.#owner[slot] = this.#ownerOf(key)
    this.#outward[slot] = direction === 'out' ? 1 : 0
    this.#written += written
  }

  /** The newest `limit` frames of one charge point, oldest first. */
  of(key: string, limit: number): readonly TraceFrame[] {
    const owner = this.#owners.get(key)
    if (owner === undefined) return []
    const found: TraceFrame[] = []
    const kept = Math.max(0, this.#count - this.#capacity)
    const oldest = this.#written - this.#bytes.length
    for (let n = this.#count - 1; n >= kept && found.length < limit; n--) {
      const slot = n % this.#capacity
      const start = this.#start[slot] ?? 0
      if (start < oldest) break
      if (this.#owner[slot] !== owner) continue
      const from = start % this.#bytes.length
      found.push({
        at: this.#at[slot] ?? 0,
        direction: this.#outward[slot] === 1 ? 'out' : 'in',
        text: decoder.decode(this.#bytes.subarray(from, from + (this.#length[slot] ?? 0))),
      })
    }
    return found.reverse()
  }

  #ownerOf(key: string): number {
    let owner = this.#owners.get(key)
    if (owner === undefined) this.#owners.set(key, (owner = this.#owners.size + 1))
    return owner
  }
}
