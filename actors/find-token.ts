import { evcoSpellings } from '../core/domain/evco-id.ts'
import type { Presented, TokenType } from '../core/domain/token.ts'
import type { Tokens } from '../core/ports/tokens.ts'

/**
 * The token of what was presented. A contract is the same however it is spelt: with hyphens and a check digit or without
 * (handbook/roaming.md §6); 1.6 does not say that it is one.
 */
export const findToken = async (
  tokens: Tokens,
  tenant: string,
  { uid, type, at }: { readonly uid: string; readonly type: TokenType | undefined; readonly at: number | undefined },
): Promise<Presented | undefined> => {
  const found = await tokens.find(tenant, uid, at, type)
  if (found !== undefined || (type !== undefined && type !== 'EVCO')) return found
  const [, ...others] = evcoSpellings(uid)
  const spelt = await Promise.all(others.map((spelling) => tokens.find(tenant, spelling, at, 'EVCO')))
  return spelt.find((token) => token !== undefined)
}
