import { partsOf } from '../domain/amount.ts'
import type { Amount } from '../pricing/priced.ts'
import type { AccountKind, HolderKind } from './account.ts'
import type { Purpose } from './voucher.ts'

/** What people read on statements. */

export const purposeWords: Readonly<Record<Purpose, string>> = {
  charging: 'Charging',
  tax: 'Tax',
  share: 'Share',
  floor: 'Up to the floor',
  fixedFee: 'Fixed fee',
  electricity: 'Electricity',
  platformFee: 'Platform fee',
  resale: 'Resale',
  connectivity: 'Connectivity',
  roaming: 'Roaming',
  markup: 'Mark-up',
  rounding: 'Rounding',
  adjustment: 'Adjustment',
}

const holders: Readonly<Record<HolderKind | Exclude<AccountKind, 'party'>, string>> = {
  emp: 'EMP',
  siteOwner: 'Site owner',
  reseller: 'Reseller',
  cpo: 'CPO',
  platform: 'Platform',
  simProvider: 'SIM provider',
  driver: 'Driver',
  tax: 'Tax',
  operator: 'Operator',
}

/** `Site owner mall` of `siteOwner:mall`, with its name where it has one. */
export const partyWords = (party: string, name?: string): string => {
  const [kind = '', ...id] = party.split(':')
  const word = kind in holders ? holders[kind as keyof typeof holders] : kind
  return [word, id.join(':'), ...(name === undefined ? [] : [`(${name})`])].filter((part) => part !== '').join(' ')
}

/** Whose a balance is. */
export const balanceWords = (balance: Amount): string => {
  const parts = partsOf(balance)
  if (parts === 0n) return 'settled'
  return parts > 0n ? 'owed by the party' : 'owed to the party'
}
