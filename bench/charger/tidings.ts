import type { Charger } from './charger.ts'

interface Tiding {
  readonly action: string
  readonly payload: object
}

const most = 200

/** What the server has to hear in the end, however often the connection goes: progress of its jobs, security events. */
export class Tidings {
  readonly #charger: Pick<Charger, 'post'>
  #unheard: readonly Tiding[] = []

  constructor(charger: Pick<Charger, 'post'>) {
    this.#charger = charger
  }

  tell(action: string, payload: object): void {
    const tiding = { action, payload }
    this.#unheard = [...this.#unheard, tiding].slice(-most)
    this.#say(tiding)
  }

  /** Accepted on a new connection: what nobody has heard is said again. */
  flush(): void {
    for (const tiding of this.#unheard) this.#say(tiding)
  }

  #say(tiding: Tiding): void {
    const heard = (): void => {
      this.#unheard = this.#unheard.filter((one) => one !== tiding)
    }
    this.#charger.post({
      action: tiding.action,
      payload: () => (this.#unheard.includes(tiding) ? tiding.payload : undefined),
      answered: heard,
      // a server that will not hear of it has answered too
      lost: (code) => code !== undefined && heard(),
    })
  }
}
