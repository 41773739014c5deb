import type { TraceFrame } from '../core/domain/trace.ts'

interface Entry extends TraceFrame {
  readonly key: string
}

/** The last frames of all sockets of this worker, oldest forgotten first, never more than `bytes` of text. */
export class TraceRing {
  readonly #bytes: number
  #entries: Entry[] = []
  #oldest = 0
  #held = 0

  constructor(bytes = 64 * 1024 * 1024) {
    this.#bytes = bytes
  }

  add(key: string, at: number, direction: 'in' | 'out', text: string): void {
    this.#entries.push({ key, at, direction, text })
    this.#held += text.length
    while (this.#held > this.#bytes) this.#held -= this.#entries[this.#oldest++]?.text.length ?? 0
    if (this.#oldest > 4_096 && this.#oldest * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#oldest)
      this.#oldest = 0
    }
  }

  /** The newest `limit` frames of one charge point, oldest first. */
  of(key: string, limit: number): readonly TraceFrame[] {
    const found: TraceFrame[] = []
    for (let i = this.#entries.length - 1; i >= this.#oldest && found.length < limit; i--) {
      const entry = this.#entries[i]
      if (entry?.key === key) found.push({ at: entry.at, direction: entry.direction, text: entry.text })
    }
    return found.reverse()
  }
}
