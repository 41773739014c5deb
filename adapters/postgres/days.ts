import type { Sql, Transaction } from './connect.ts'

/** Partitions by day (D-18): made when first needed, and ahead of time so that midnight costs nothing. */
export class Days {
  readonly #known = new Set<string>()
  readonly #sql: Sql
  readonly #of: 'facts' | 'frames'

  /** Of facts and samples, which stay; or of frames, which go after a while. */
  constructor(sql: Sql, of: 'facts' | 'frames' = 'facts') {
    this.#sql = sql
    this.#of = of
  }

  /** Makes sure of the partitions of these days (`2026-11-24`), inside the transaction that needs them. */
  async ensure(tx: Transaction, days: readonly string[]): Promise<void> {
    for (const day of days) {
      if (this.#known.has(day)) continue
      await this.#make(tx, day)
      this.#known.add(day)
    }
  }

  knows(days: readonly string[]): boolean {
    return days.every((day) => this.#known.has(day))
  }

  /** After a rollback nothing is certain any more. */
  forget(): void {
    this.#known.clear()
  }

  /** Today and the days to come; a partition made here is not made at midnight by a batch in a hurry. */
  async ahead(from: number, days: number): Promise<void> {
    for (let i = 0; i < days; i++)
      await this.#make(this.#sql, new Date(from + i * 86_400_000).toISOString().slice(0, 10))
  }

  #make(sql: Sql | Transaction, day: string): PromiseLike<unknown> {
    return this.#of === 'facts' ? sql`select ensure_day(${day}::date)` : sql`select ensure_frames_day(${day}::date)`
  }
}
