/** Keeps what must be read again but not by whoever reads the database: answers that held a secret. */
export interface Sealer {
  seal(text: string): string
  /** Throws for what was not sealed here. */
  open(sealed: string): string
}
