interface Line {
  readonly at: number
  readonly text: string
}

/** Lines that are kept with their times, the newest of them; a span of the station's clock can be had as a file. */
export class Diary {
  readonly #most: number
  readonly #lines: Line[] = []

  constructor(most = 500) {
    this.#most = most
  }

  write(at: number, text: string): void {
    this.#lines.push({ at, text })
    if (this.#lines.length > this.#most) this.#lines.shift()
  }

  /** Empty where there is nothing of that span. */
  read(from = -Infinity, to = Infinity): string {
    return this.#lines
      .filter(({ at }) => at >= from && at <= to)
      .map(({ at, text }) => `${new Date(at).toISOString()} ${text}\n`)
      .join('')
  }
}
