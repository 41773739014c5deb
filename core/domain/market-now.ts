import { beginningOf, dayOf, localTime } from '../pricing/local-time.ts'
import { holderOn, type MarketRole, type Tenure } from './tenure.ts'

/** Who has which role at a moment, by the calendar of a site. */
export interface RolesNow {
  /** The id of the party. */
  readonly holder: (role: MarketRole) => string | undefined
  /** When any of it changes, ms since 1970 UTC; undefined: it does not. */
  readonly until: number | undefined
}

/** Of a station, whose own tenures come before those of its site; or of a site, which has but its own. */
export const rolesNow = (
  tenures: { readonly own: readonly Tenure[]; readonly site: readonly Tenure[] },
  zone: string,
  now: number,
): RolesNow => {
  const { own, site } = tenures
  const { day } = localTime(zone, now)
  const today = new Date(day * 86_400_000).toISOString().slice(0, 10)
  const turns = [...own, ...site]
    .flatMap(({ from, until }) => [from, until])
    .flatMap((text) => (text === undefined ? [] : [dayOf(text)]))
  const next = turns.filter((turn) => turn > day).sort((a, b) => a - b)[0]
  return {
    holder: (role) => (holderOn(own, role, today) ?? holderOn(site, role, today))?.party,
    until: next === undefined ? undefined : beginningOf(zone, next),
  }
}
