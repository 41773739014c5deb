import type { TokenType } from '../domain/token.ts'
import type { TokenType as TypeOfPartner } from './model.ts'

const theirs = { RFID: 'RFID', APP: 'APP_USER', EVCO: 'EMAID', MAC: 'OTHER', OTHER: 'OTHER' } as const
const ours: Readonly<Record<string, TokenType>> = {
  RFID: 'RFID',
  APP_USER: 'APP',
  AD_HOC_USER: 'APP',
  EMAID: 'EVCO',
  OTHER: 'OTHER',
}

/** What a token is, in the words of OCPI (2.3.0 mod_tokens, TokenType). */
export const typeForPartners = (type: TokenType): TypeOfPartner => theirs[type]

/** The same back; undefined for what only our partner knows. */
export const typeOfPartner = (type: TypeOfPartner): TokenType | undefined =>
  Object.hasOwn(ours, type) ? ours[type] : undefined
