import type { Sight } from '../domain/access.ts'

/**
 * What whoever asks may see, for as long as something is done for them: everything that is read or written through the
 * store of the API is read or written under it, whether its handler thinks of it or not. Where nobody is said to ask,
 * nothing is seen.
 */
export interface Sights {
  during<Result>(sight: Sight, work: () => Result): Result
  now(): Sight | undefined
}
