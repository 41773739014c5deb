/** What is under way in this process and waited for by nobody: it comes to its end before the process goes down. */
export class Turns {
  readonly #underWay = new Set<Promise<void>>()
  #isStopped = false

  /** Nothing more is to be begun. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** It must not reject. */
  add(turn: Promise<void>): void {
    this.#underWay.add(turn)
    void turn.finally(() => this.#underWay.delete(turn))
  }

  /** What is under way here has come to its end. */
  async rest(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** Nothing more is begun, and what is on its way is waited for; others go on from there. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.rest()
  }
}
