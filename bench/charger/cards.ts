import type { Charger } from './charger.ts'
import { type Card, cardKey, LocalList } from './local-list.ts'
import { notify } from './plug.ts'

/** What the station itself knows of cards: the server's list, and its own memory of answers (OCPP 1.6 §3.5). */
export class Cards {
  readonly list = new LocalList()
  readonly #charger: Charger
  readonly #remembered = new Map<string, Card>()

  constructor(charger: Charger) {
    this.#charger = charger
  }

  /** The list goes before the memory; what has run out says so. */
  find(idTag: string): Card | undefined {
    const { configuration } = this.#charger
    const listed = configuration.isOn('LocalAuthListEnabled') ? this.list.find(idTag) : undefined
    const card =
      listed ?? (configuration.isOn('AuthorizationCacheEnabled') ? this.#remembered.get(cardKey(idTag)) : undefined)
    const isOver = card?.expiryDate !== undefined && Date.parse(card.expiryDate) <= this.#charger.time.now()
    return isOver && card.status === 'Accepted' ? { ...card, status: 'Expired' } : card
  }

  /** What may be done without asking anybody; undefined where the server has to be asked. */
  decide(idTag: string): Card | undefined {
    const { configuration, isAtWork } = this.#charger
    const card = this.find(idTag)
    if (isAtWork) return configuration.isOn('LocalPreAuthorize') && card?.status === 'Accepted' ? card : undefined
    if (card !== undefined && configuration.isOn('LocalAuthorizeOffline')) return card
    return { status: configuration.isOn('AllowOfflineTxForUnknownId') ? 'Accepted' : 'Invalid' }
  }

  /** The server has said what it thinks of a card. */
  learn(idTag: string, card: Card | undefined): void {
    if (card === undefined) return
    this.#remembered.set(cardKey(idTag), card)
    const listed = this.list.find(idTag)
    if (listed !== undefined && listed.status !== card.status) notify(this.#charger, 'whole', 'LocalListConflict')
  }

  clear(): boolean {
    this.#remembered.clear()
    return this.#charger.configuration.isOn('AuthorizationCacheEnabled')
  }
}
