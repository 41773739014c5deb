const day = 86_400_000
const week = 7 * day

/** A time on the clock of a place. */
export interface LocalTime {
  /** Days since 1970-01-01 there. */
  readonly day: number
  /** ms on the clock: after a clock has been put back, those of an hour come twice. */
  readonly ms: number
}

/** A time within which the clock of a zone runs evenly. */
interface Span {
  /** ms since 1970 UTC, the end excluded. */
  readonly from: number
  readonly until: number
  /** What the clock shows beyond UTC, ms. */
  readonly offset: number
}

interface Zone {
  readonly offsetAt: (at: number) => number
  /** By the number of the week since 1970. */
  readonly weeks: Map<number, readonly Span[]>
  latest?: Span
}

const zones = new Map<string, Zone>()
/** Some 80 years of a zone. */
const mostWeeks = 4_096

const zoneOf = (name: string): Zone => {
  const known = zones.get(name)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const offsetAt = (at: number): number => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
    const { year = 0, month = 0, day: date = 0, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1_000) * 1_000
  }
  const zone: Zone = { offsetAt, weeks: new Map() }
  zones.set(name, zone)
  return zone
}

/** The even parts of a time at whose two ends the offsets are known. A clock is put forward or back on a whole second. */
const spansOf = (zone: Zone, from: number, until: number): readonly Span[] => {
  const offset = zone.offsetAt(from)
  if (offset === zone.offsetAt(until)) return [{ from, until, offset }]
  let [same, other] = [from, until]
  while (other - same > 1_000) {
    const middle = same + Math.floor((other - same) / 2_000) * 1_000
    if (zone.offsetAt(middle) === offset) same = middle
    else other = middle
  }
  return [{ from, until: other, offset }, ...(other < until ? spansOf(zone, other, until) : [])]
}

/** Asked of Intl once a week of a zone: it is far slower than everything else a price takes. */
const spanAt = (zone: Zone, at: number): Span => {
  const { latest } = zone
  if (latest !== undefined && latest.from <= at && at < latest.until) return latest
  const number = Math.floor(at / week)
  let spans = zone.weeks.get(number)
  if (spans === undefined) {
    if (zone.weeks.size >= mostWeeks) zone.weeks.clear()
    spans = spansOf(zone, number * week, (number + 1) * week)
    zone.weeks.set(number, spans)
  }
  const span = spans.find(({ until }) => at < until) ?? { from: at, until: at + 1, offset: 0 }
  zone.latest = span
  return span
}

/** What the clock of a zone (IANA, `Europe/Berlin`) shows then. */
export const localTime = (zone: string, at: number): LocalTime => {
  const local = at + spanAt(zoneOf(zone), at).offset
  const number = Math.floor(local / day)
  return { day: number, ms: local - number * day }
}

/**
 * When within a time, its ends excluded, the clock of a zone comes to one of these times of day (ms, from 0), and when it
 * is put forward or back: in the night in which an hour is missing what lies in it is passed when the clock jumps, in the
 * one in which an hour comes twice so do its times. In order.
 */
export const clockTimes = (zone: string, from: number, until: number, timesOfDay: readonly number[]): number[] => {
  const found: number[] = []
  const clock = zoneOf(zone)
  for (let span = spanAt(clock, from); ;) {
    const end = Math.min(span.until, until)
    const start = Math.max(span.from, from)
    for (let midnight = Math.floor((start + span.offset) / day) * day - span.offset; midnight < end; midnight += day)
      for (const time of timesOfDay) if (midnight + time > start && midnight + time < end) found.push(midnight + time)
    if (span.until >= until) return found
    const next = spanAt(clock, span.until)
    // where two weeks meet nothing happens, but it may be one of the times
    if (next.offset !== span.offset || timesOfDay.includes(localTime(zone, next.from).ms)) found.push(next.from)
    span = next
  }
}

/** `08:30` as ms of the day. */
export const timeOfDay = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000

/** `2026-11-27` as days since 1970-01-01. */
export const dayOf = (text: string): number =>
  Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, Number(text.slice(8, 10))) / day

/** When a day begins on the clock of a zone, ms since 1970 UTC. */
export const beginningOf = (zone: string, number: number): number => {
  // no clock is further from UTC than 15 hours
  const [from, until] = [number * day - 15 * 3_600_000, number * day + 15 * 3_600_000]
  return clockTimes(zone, from, until, [0]).find((at) => localTime(zone, at).day === number) ?? number * day
}
