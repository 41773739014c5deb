/** Chance: jitter and starting points. Not for secrets; those come from `Secrets`. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number
}
