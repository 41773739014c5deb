import { createHash } from 'node:crypto'
import { z } from 'zod'
import { iccidKey } from '../../core/domain/iccid.ts'
import type { SimState } from '../../core/domain/sim.ts'
import { dayOf } from '../../core/domain/instant.ts'
import { beginOf, type UsageDay } from '../../core/domain/usage-day.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Connectivity, SimEvent, SimProvider, UsagePeriod } from '../../core/ports/sim.ts'
import type { SimKind, Turn } from '../../core/ports/sim-kinds.ts'
import { dealings, kindOf } from './kind.ts'

const standings = ['online', 'attached', 'detached', 'suspended', 'blocked', 'inactive'] as const
type Standing = (typeof standings)[number]

const settings = z.strictObject({
  /** Its SIMs: 19 digits from this one on, one after the other, without regard to check digits. */
  first: z
    .string()
    .refine((text) => iccidKey(text) === text, 'must be an ICCID of 19 digits')
    .default('8988000000000000000'),
  count: z.number().int().min(0).max(100_000).default(1_000),
  /** How those stand that are not online, by their ICCIDs. */
  standings: z.record(z.string().regex(/^\d{19}$/), z.enum(standings)).default({}),
  /** What each uses on a day at most, in kB. */
  mostKbPerDay: z.number().int().min(0).max(1_000_000_000).default(20_000),
  ...dealings(60_000, 6_000),
})

/**
 * A provider that there is not: for tests and for demonstration. It has the SIMs that its settings say; what each uses on a
 * day follows from its number and the day, so that it is the same whenever it is asked. What it is told to do it does in
 * this process alone, and forgets with it.
 */
export const simulatorKind = ({ clock }: { readonly clock: Pick<Clock, 'now'> }): SimKind => {
  const worlds = new Map<string, World>()
  return kindOf({ settings, secrets: z.strictObject({}) }, ({ settings: given, access, turn }) => {
    const name = `${access.tenant}/${access.id}`
    const world = worlds.get(name) ?? { states: new Map(), events: new Map() }
    worlds.set(name, world)
    return simulator(given, { world, turn, clock })
  })
}

interface World {
  readonly states: Map<string, 'active' | 'suspended'>
  readonly events: Map<string, readonly SimEvent[]>
}

interface Outside {
  readonly world: World
  readonly turn: Turn
  readonly clock: Pick<Clock, 'now'>
}

const lines: Readonly<Record<Standing, Pick<Connectivity, 'attachment' | 'dataSession'>>> = {
  online: { attachment: 'attached', dataSession: 'open' },
  attached: { attachment: 'attached', dataSession: 'none' },
  detached: { attachment: 'detached', dataSession: 'none' },
  suspended: { attachment: 'detached', dataSession: 'none' },
  blocked: { attachment: 'detached', dataSession: 'none' },
  inactive: { attachment: 'detached', dataSession: 'none' },
}
const cards: Readonly<Record<Standing, SimState>> = {
  online: 'active',
  attached: 'active',
  detached: 'active',
  suspended: 'suspended',
  blocked: 'active',
  inactive: 'inactive',
}
const pageSize = 500

const simulator = (
  { first, count, standings: said, mostKbPerDay }: z.infer<typeof settings>,
  { world, turn, clock }: Outside,
): SimProvider => {
  const has = (iccid: string): boolean => {
    const place = BigInt(iccid) - BigInt(first)
    return place >= 0n && place < BigInt(count)
  }
  const standingOf = (iccid: string): Standing => {
    const usual = said[iccid] ?? 'online'
    const told = world.states.get(iccid)
    if (told === undefined) return usual
    return told === 'suspended' ? 'suspended' : usual === 'suspended' || usual === 'inactive' ? 'online' : usual
  }
  const recordOf = (iccid: string) => {
    const imei = `35${iccid.slice(-12)}`
    return { iccid, imsi: `90140${iccid.slice(-10)}`, imei, state: cards[standingOf(iccid)] }
  }
  const asked = async <Result>(iccid: string, answer: () => Result): Promise<Result | undefined> => {
    await turn()
    return has(iccid) ? answer() : undefined
  }
  const done = async (iccid: string, text: string, act?: () => void) =>
    (await asked(iccid, () => {
      act?.()
      const before = world.events.get(iccid) ?? []
      world.events.set(iccid, [{ at: clock.now(), text, isAlert: false }, ...before].slice(0, 20))
      return { accepted: true } as const
    })) ?? ({ accepted: false, reason: 'it has no such SIM' } as const)
  return {
    getSim: (iccid) => asked(iccid, () => recordOf(iccid)),
    connectivity: (iccid) =>
      asked(iccid, () => {
        const standing = standingOf(iccid)
        return { ...lines[standing], isBlocked: standing === 'blocked', lagMs: 0, said: standing.toUpperCase() }
      }),
    usage: (iccid, period) =>
      asked(iccid, () => daysOf(period).map((day) => usedOn(iccid, day, mostKbPerDay, dayOf(clock.now())))),
    sendSms: (iccid, text) => done(iccid, `SMS: ${text}`),
    setState: (iccid, state) => done(iccid, `set to ${state}`, () => world.states.set(iccid, state)),
    reset: (iccid) => done(iccid, 'connectivity reset'),
    events: (iccid, most) => asked(iccid, () => (world.events.get(iccid) ?? []).slice(0, most)),
    async list(cursor = '0') {
      await turn()
      const from = Number(cursor)
      const places = Array.from({ length: Math.max(0, Math.min(pageSize, count - from)) }, (_, place) => from + place)
      return {
        sims: places.map((place) => recordOf(String(BigInt(first) + BigInt(place)))),
        ...(from + pageSize < count && { next: String(from + pageSize) }),
      }
    },
  }
}

const dayMs = 86_400_000

const daysOf = ({ from, to }: UsagePeriod): readonly string[] =>
  Array.from({ length: Math.max(0, (beginOf(to) - beginOf(from)) / dayMs + 1) }, (_, place) =>
    dayOf(beginOf(from) + place * dayMs),
  )

const usedOn = (iccid: string, day: string, mostKb: number, today: string): UsageDay => {
  const chance = createHash('sha256').update(`${iccid}/${day}`).digest().readUInt32BE(0) / 2 ** 32
  return { day, dataMillionths: day > today ? 0 : Math.floor(chance * mostKb) * 1_000, sms: 0 }
}
