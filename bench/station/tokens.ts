import type {
  AuthorizationData,
  IdTokenInfoType,
  IdTokenType,
  SendLocalListRequest,
  SendLocalListResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { LocalList } from '../charger/local-list.ts'
import type { Station } from './station.ts'

/** Two tokens are the same where value and type are (errata 2.18); the value in any case. */
export const tokenKey = ({ idToken, type }: IdTokenType): string => `${type}/${idToken}`.toLowerCase()

export const isSame = (a: IdTokenType | undefined, b: IdTokenType | undefined): boolean =>
  a !== undefined && b !== undefined && tokenKey(a) === tokenKey(b)

/** A card of the demo. */
export const cardOf = (idToken: string): IdTokenType => ({ idToken, type: 'ISO14443' })

interface Remembered {
  readonly info: IdTokenInfoType
  readonly until: number
}

/** What the station itself knows of tokens: the server's list (D), and its own memory of answers (C10–C12). */
export class Tokens {
  readonly list = new LocalList<IdTokenInfoType>()
  readonly #station: Station
  readonly #remembered = new Map<string, Remembered>()

  constructor(station: Station) {
    this.#station = station
  }

  /** The list goes before the memory; what has run out is not known. */
  find(token: IdTokenType): IdTokenInfoType | undefined {
    const { model, time } = this.#station
    const listed = model.isOn('LocalAuthListCtrlr/Enabled') ? this.list.find(tokenKey(token)) : undefined
    if (listed !== undefined) return listed
    const remembered = model.isOn('AuthCacheCtrlr/Enabled') ? this.#remembered.get(tokenKey(token)) : undefined
    return remembered !== undefined && remembered.until > time.now() ? remembered.info : undefined
  }

  /** What may be done without asking anybody; undefined where the server has to be asked. */
  decide(token: IdTokenType): IdTokenInfoType | undefined {
    const { model, isAtWork } = this.#station
    const info = this.find(token)
    if (isAtWork) return model.isOn('AuthCtrlr/LocalPreAuthorize') && info?.status === 'Accepted' ? info : undefined
    if (info !== undefined && model.isOn('AuthCtrlr/LocalAuthorizeOffline')) return info
    return { status: model.isOn('AuthCtrlr/OfflineTxForUnknownIdEnabled') ? 'Accepted' : 'Unknown' }
  }

  /** The server has said what it thinks of a token; a time gone by keeps that out of the memory. */
  learn(token: IdTokenType, info: IdTokenInfoType): void {
    const { model, time } = this.#station
    const lifetime = time.now() + model.number('AuthCacheCtrlr/LifeTime') * 1_000
    const until = info.cacheExpiryDateTime === undefined ? lifetime : Date.parse(info.cacheExpiryDateTime)
    this.#remembered.set(tokenKey(token), { info, until })
  }

  clear(): boolean {
    this.#remembered.clear()
    return this.#station.model.isOn('AuthCacheCtrlr/Enabled')
  }

  update({ versionNumber, updateType, localAuthorizationList = [] }: SendLocalListRequest): SendLocalListResponse {
    const { model } = this.#station
    if (!model.isOn('LocalAuthListCtrlr/Enabled')) return { status: 'Failed' }
    const entries = localAuthorizationList.map(({ idToken, idTokenInfo }: AuthorizationData) => ({
      idTag: tokenKey(idToken),
      ...(idTokenInfo !== undefined && { idTagInfo: idTokenInfo }),
    }))
    const status = this.list.update(
      { listVersion: versionNumber, updateType, localAuthorizationList: entries },
      { perMessage: model.number('LocalAuthListCtrlr/ItemsPerMessage'), entries: 1_000 },
    )
    return { status }
  }

  /** Whoever it is wants to be forgotten (N10). */
  forget(token: IdTokenType): void {
    this.#remembered.delete(tokenKey(token))
    this.list.forget(tokenKey(token))
  }
}
