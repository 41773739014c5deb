/** Chance that nobody can foresee: keys and passwords. */
export interface Secrets {
  bytes(count: number): Uint8Array
}
