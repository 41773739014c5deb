import type { AuthorizeResponse, SendLocalListRequest, SendLocalListResponse } from 'typed-ocpp/dist/ocpp16/types.js'

/** What is known of a card: whether it may charge, until when, and the group it belongs to. */
export type Card = AuthorizeResponse['idTagInfo']

type Update<Known> = Pick<SendLocalListRequest, 'listVersion' | 'updateType'> & {
  readonly localAuthorizationList?: readonly { readonly idTag: string; readonly idTagInfo?: Known }[]
}

/** How many entries a message may have, and the list. */
export interface ListLimits {
  readonly perMessage: number
  readonly entries: number
}

/** Cards are the same whatever the case they are written in (CiString, OCPP 1.6 §6.2). */
export const cardKey = (idTag: string): string => idTag.toLowerCase()

/** The list of cards that the server keeps in the station (OCPP 1.6 §3.5.2, §5.15). */
export class LocalList<Known = Card> {
  #cards = new Map<string, Known>()
  #version = 0

  /** 0 says that there is no card in it (§5.10). */
  get version(): number {
    return this.#cards.size === 0 ? 0 : this.#version
  }

  get size(): number {
    return this.#cards.size
  }

  /** What a person asks to be forgotten. */
  forget(idTag: string): boolean {
    return this.#cards.delete(cardKey(idTag))
  }

  find(idTag: string): Known | undefined {
    return this.#cards.get(cardKey(idTag))
  }

  /** All of an update or nothing of it. */
  update(update: Update<Known>, limits: ListLimits): Exclude<SendLocalListResponse['status'], 'NotSupported'> {
    const { listVersion, updateType, localAuthorizationList: entries = [] } = update
    const isFull = updateType === 'Full'
    if (!isFull && listVersion <= this.#version) return 'VersionMismatch'
    const keys = new Set(entries.map(({ idTag }) => cardKey(idTag)))
    // 0 and less are no versions (errata 3.52)
    if (listVersion < 1 || entries.length > limits.perMessage || keys.size < entries.length) return 'Failed'
    const next = new Map<string, Known>(isFull ? [] : this.#cards)
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
