import { holderOn, type Tenure } from '../domain/tenure.ts'
import type { Period, SiteContract } from './terms.ts'

/** A site, its stations, who has owned and operated them by tenure, and what was agreed for them. */
export interface Agreed {
  readonly site: string
  readonly tenures: readonly Tenure[]
  readonly contracts: readonly SiteContract[]
  readonly stations: readonly {
    readonly id: string
    readonly tenures: readonly Tenure[]
    readonly contracts: readonly SiteContract[]
  }[]
}

/** Days on which a site or some of its stations had an owner, and no contract with it: nobody knows what the owner gets. */
export interface Gap extends Required<Period> {
  readonly site: string
  /** Absent: the site has none, or it is so for all of them. */
  readonly stations?: readonly string[]
  readonly owner: string
  /** The one that counts in its place, which is with somebody else. */
  readonly contract?: string
}

/**
 * What is missing in a time: a station's own tenures and contracts go before those of its site, as they do when sessions are
 * settled. Whoever operates what it owns has no contract with itself.
 */
export const gapsOf = (agreed: Agreed, window: Required<Period>): readonly Gap[] => {
  const { site, tenures, contracts, stations } = agreed
  const found = new Map<string, { readonly gap: Omit<Gap, 'stations'>; readonly stations: string[] }>()
  const all = stations.length === 0 ? [{ id: undefined, tenures: [], contracts: [] }] : stations
  for (const { id, ...own } of all)
    for (const gap of gapsAt([own, { tenures, contracts }], window)) {
      const key = [gap.from, gap.until, gap.owner, gap.contract ?? ''].join(' ')
      const one = found.get(key) ?? { gap: { site, ...gap }, stations: [] }
      if (id !== undefined) one.stations.push(id)
      found.set(key, one)
    }
  return [...found.values()]
    .map(({ gap, stations: of }): Gap => ({ ...gap, ...(of.length < stations.length && { stations: of }) }))
    .toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
}

interface Level {
  readonly tenures: readonly Tenure[]
  readonly contracts: readonly SiteContract[]
}

type Lack = Omit<Gap, 'site' | 'stations'>

/** Day by day, but only where something begins or ends: the nearest level that says something counts. */
const gapsAt = (levels: readonly Level[], window: Required<Period>): readonly Lack[] => {
  const days = turns(levels, window)
  const lacks: Lack[] = []
  for (const [i, from] of days.entries()) {
    const until = days[i + 1]
    if (until === undefined) break
    const lack = lackOn(levels, from)
    const last = lacks.at(-1)
    if (lack === undefined) continue
    if (last?.until === from && last.owner === lack.owner && last.contract === lack.contract)
      lacks[lacks.length - 1] = { ...last, until }
    else lacks.push({ ...lack, from, until })
  }
  return lacks
}

const turns = (levels: readonly Level[], { from, until }: Required<Period>): readonly string[] => {
  const all = levels
    .flatMap(({ tenures, contracts }) => [...tenures, ...contracts])
    .flatMap((one) => [one.from, one.until].filter((day) => day !== undefined))
  return [...new Set([from, ...all.filter((day) => from < day && day < until), until])].toSorted()
}

const lackOn = (levels: readonly Level[], day: string): Pick<Gap, 'owner' | 'contract'> | undefined => {
  const holder = (role: 'owner' | 'operator'): string | undefined =>
    levels.map(({ tenures }) => holderOn(tenures, role, day)).find((one) => one !== undefined)?.party
  const owner = holder('owner')
  if (owner === undefined || owner === holder('operator')) return undefined
  const contract = levels
    .map(({ contracts }) => contracts.find((one) => one.from <= day && (one.until === undefined || day < one.until)))
    .find((one) => one !== undefined)
  if (contract?.owner === owner) return undefined
  return { owner, ...(contract !== undefined && { contract: contract.id }) }
}
