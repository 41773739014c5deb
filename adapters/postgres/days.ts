import type { Sql, Transaction } from './connect.ts'

/** Partitions by day (D-18): made when first needed, and ahead of time so that midnight costs nothing. */
export class Days {
  readonly #known = new Set<string>()
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Makes sure of the partitions of these days (`2026-11-24`), inside the transaction that needs them. */
  async ensure(tx: Transaction, days: readonly string[]): Promise<void> {
    for (const day of days) {
      if (this.#known.has(day)) continue
      await tx`select ensure_day(${day}::date)`
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
    const sql = this.#sql
    for (let i = 0; i < days; i++)
      await sql`select ensure_day(${new Date(from + i * 86_400_000).toISOString().slice(0, 10)}::date)`
  }
}
