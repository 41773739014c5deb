const subBuckets = 64
const octaves = 40

/** What a histogram is between processes: pairs of bucket and count, and what buckets cannot tell. */
export interface HistogramData {
  readonly buckets: readonly (readonly [bucket: number, count: number])[]
  readonly sum: number
  readonly most: number
}

/** Log-linear: 0 to 63 exactly, beyond that 32 buckets an octave, so any value up to 2^40 within 1.6 %; our times are µs. */
export class Histogram {
  readonly #counts = new Uint32Array(subBuckets * octaves)
  count = 0
  #sum = 0
  most = 0

  record(value: number): void {
    const whole = value < 0 ? 0 : Math.round(value)
    const at = bucketOf(whole)
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.count++
    this.#sum += whole
    if (whole > this.most) this.most = whole
  }

  merge({ buckets, sum, most }: HistogramData): this {
    for (const [at, count] of buckets) {
      this.#counts[at] = (this.#counts[at] ?? 0) + count
      this.count += count
    }
    this.#sum += sum
    if (most > this.most) this.most = most
    return this
  }

  /** The least value that `share` of all are not above; 0 of nothing. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.count * share))
    let seen = 0
    for (let at = 0; at < this.#counts.length; at++) {
      seen += this.#counts[at] ?? 0
      if (seen >= wanted && this.count > 0) return Math.min(this.most, middleOf(at))
    }
    return 0
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count
  }

  toJSON(): HistogramData {
    const buckets: [number, number][] = []
    this.#counts.forEach((count, at) => {
      if (count > 0) buckets.push([at, count])
    })
    return { buckets, sum: this.#sum, most: this.most }
  }
}

export const merged = (all: readonly (HistogramData | undefined)[]): Histogram => {
  const histogram = new Histogram()
  for (const one of all) if (one !== undefined) histogram.merge(one)
  return histogram
}

const bucketOf = (value: number): number => {
  if (value < subBuckets) return value
  const octave = Math.floor(Math.log2(value)) - 5
  return Math.min(subBuckets * octaves - 1, octave * (subBuckets / 2) + Math.floor(value / 2 ** octave))
}

const middleOf = (at: number): number => {
  if (at < subBuckets) return at
  const octave = Math.floor(at / (subBuckets / 2)) - 1
  const low = (at - octave * (subBuckets / 2)) * 2 ** octave
  return low + (2 ** octave - 1) / 2
}
