import type { AuthorizeResponse, SendLocalListRequest, SendLocalListResponse } from 'typed-ocpp/dist/ocpp16/types.js'

/** What is known of a card: whether it may charge, until when, and the group it belongs to. */
export type Card = AuthorizeResponse['idTagInfo']

type Update = Pick<SendLocalListRequest, 'listVersion' | 'updateType' | 'localAuthorizationList'>

/** How many entries a message may have, and the list. */
export interface ListLimits {
  readonly perMessage: number
  readonly entries: number
}

/** Cards are the same whatever the case they are written in (CiString, OCPP 1.6 §6.2). */
export const cardKey = (idTag: string): string => idTag.toLowerCase()

/** The list of cards that the server keeps in the station (OCPP 1.6 §3.5.2, §5.15). */
export class LocalList {
  #cards = new Map<string, Card>()
  #version = 0

  /** 0 says that there is no card in it (§5.10). */
  get version(): number {
    return this.#cards.size === 0 ? 0 : this.#version
  }

  find(idTag: string): Card | undefined {
    return this.#cards.get(cardKey(idTag))
  }

  /** All of an update or nothing of it. */
  update(update: Update, limits: ListLimits): SendLocalListResponse['status'] {
    const { listVersion, updateType, localAuthorizationList: entries = [] } = update
    const isFull = updateType === 'Full'
    if (!isFull && listVersion <= this.#version) return 'VersionMismatch'
    const keys = new Set(entries.map(({ idTag }) => cardKey(idTag)))
    // 0 and less are no versions (errata 3.52)
    if (listVersion < 1 || entries.length > limits.perMessage || keys.size < entries.length) return 'Failed'
    const next = new Map(isFull ? [] : this.#cards)
    for (const { idTag, idTagInfo } of entries) {
      if (idTagInfo !== undefined) next.set(cardKey(idTag), idTagInfo)
      else if (isFull) return 'Failed'
      else next.delete(cardKey(idTag))
    }
    if (next.size > limits.entries) return 'Failed'
    this.#cards = next
    this.#version = listVersion
    return 'Accepted'
  }
}
