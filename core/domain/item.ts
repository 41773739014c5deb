import type { ChargePointRef } from './charge-point.ts'

/**
 * What a station has, as it last said so or was told so: a variable of its device model, a monitor, a message on its
 * display, a tariff. Each kind is a list of its own; each item has a key that is unique in its list, and says what it says.
 */
export const itemKinds = [
  'variable',
  /** With which firmware all of its variables were last reported. */
  'inventory',
  'fault',
  'monitor',
  'monitoring',
  'displayMessage',
  'networkProfile',
  'chargingLimit',
  'chargingNeeds',
  'chargingSchedule',
  'stationProfile',
  'priorityCharging',
  'tariff',
  'transactionTariff',
  'derControl',
  'derAlarm',
  'eventStream',
  'battery',
  'customerData',
  'settlement',
  'publishedFirmware',
  'energyTransfer',
] as const
export type ItemKind = (typeof itemKinds)[number]

export type Body = Readonly<Record<string, unknown>>

export interface Item {
  /** At most 500 characters; made by the dialect, so that equal things have equal keys in every version. */
  readonly key: string
  readonly body: Body
}

/** Changes to one list. `put` replaces an item as a whole, `merge` only the fields that are given. */
export type ItemChange =
  | {
      readonly type: 'items.put'
      readonly kind: ItemKind
      readonly items: readonly Item[]
      readonly merge?: true
      /** The report that named them. */
      readonly request?: number
    }
  | { readonly type: 'items.removed'; readonly kind: ItemKind; readonly keys: readonly string[] }
  /** All of them, or those whose key begins like this. */
  | { readonly type: 'items.cleared'; readonly kind: ItemKind; readonly prefix?: string }
  /** A text that comes in pieces is put together in the order of their numbers. */
  | {
      readonly type: 'items.pieced'
      readonly kind: ItemKind
      readonly key: string
      readonly seq: number
      readonly text: string
    }
  /** A report of everything is complete: what it has not named is gone. */
  | { readonly type: 'items.swept'; readonly kind: ItemKind; readonly request: number }

/**
 * One of several messages that together answer a request of ours (NotifyReport and its like): complete when the last has
 * come and none before it is missing. Where they have no numbers of their own, `seq` is absent and the last is the end.
 */
export interface Page {
  readonly report: ReportKind
  readonly request: number
  readonly seq?: number
  readonly last: boolean
}

export const reportKinds = [
  'variables',
  'monitors',
  'displayMessages',
  'customerData',
  'chargingProfiles',
  'derControls',
] as const
export type ReportKind = (typeof reportKinds)[number]

/** Which list a report of this kind is about; what a complete report of everything does not name is not there any more. */
export const listOf: Readonly<Record<ReportKind, ItemKind>> = {
  variables: 'variable',
  monitors: 'monitor',
  displayMessages: 'displayMessage',
  customerData: 'customerData',
  chargingProfiles: 'stationProfile',
  derControls: 'derControl',
}

/** The pages of one report that have come so far. */
export interface Pages extends ChargePointRef {
  readonly report: ReportKind
  readonly request: number
  readonly seqs: readonly number[]
  /** The number of its last page. */
  readonly last?: number
}

export const pagesKey = ({ tenant, identity, report, request }: Omit<Pages, 'seqs' | 'last'>): string =>
  `${tenant}/${identity}/${report}/${request}`

/** More pages than any report has; a station that goes on naming new ones fills no row (BI-47). */
const mostPages = 10_000

/** The pages with one more; the same one twice is one. Reports without numbers count their pages as they come. */
export const withPage = (pages: Pages, { seq, last }: Page): Pages => {
  const number = seq ?? (pages.seqs.at(-1) ?? -1) + 1
  if (number < 0 || number >= mostPages) return pages
  if (pages.seqs.includes(number)) return last && pages.last === undefined ? { ...pages, last: number } : pages
  return { ...pages, seqs: [...pages.seqs, number].sort((a, b) => a - b), ...(last && { last: number }) }
}

/** All from the first to the last are there, in whatever order they came. */
export const isComplete = ({ seqs, last }: Pages): boolean =>
  last !== undefined && seqs.filter((seq) => seq <= last).length === last + 1
