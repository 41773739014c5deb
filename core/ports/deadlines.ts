/** Business deadlines that are due, each handed to its idempotent handler in one commit (D-6). */
export interface Deadlines {
  /** Handles up to `limit` of them; answers how many, and the orders whose fate changed with them. */
  sweep(limit: number): Promise<{ readonly handled: number; readonly commands: readonly string[] }>
}
