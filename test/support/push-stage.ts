import { expect } from 'vitest'
import { Pusher } from '../../actors/pusher.ts'
import { laneOfKey, type PushedModule, pushedModules } from '../../core/domain/push-lane.ts'
import type { OcpiVersion, Quirks } from '../../core/domain/roaming-partner.ts'
import type { PushLanes } from '../../core/ports/push-lanes.ts'
import type { CallModule, ModuleCall, ModuleReply } from '../../core/ports/roaming.ts'
import { dateTime } from '../../core/roaming/date-time.ts'
import type { Json } from '../../core/roaming/field.ts'
import { asRemoved } from '../../core/roaming/push-plan.ts'
import { toWire } from '../../core/roaming/wire.ts'
import { wordingFor } from '../../adapters/roaming/ocpi/wording.ts'
import { settled, TestClock } from './clock.ts'
import { testKey } from './digest.ts'
import { deaf, silence } from './quiet.ts'
import { memoryLanes, ourCode, toldPartner } from './roaming-lanes.ts'
import { type ToldPlatform, toldPlatform } from './told-platform.ts'

/** Partners that are told of ours in one process, on a clock that is handed in, as well as they please. */

/**
 * How a request goes wrong: not taken now (500), done and said to be not (500), too many, not reached, never answered,
 * answered to nobody although done, refused, and no PATCH here.
 */
export const mishaps = ['fine', 'broken', 'brokenAfter', 'tooMany', 'unreached', 'hung', 'lost', 'noPatch'] as const
export type Mishap = (typeof mishaps)[number] | 'refused' | 'hangs' | 'slow'

type Point = 'entered' | 'asked' | 'answered' | 'settled'

const kinds = { locations: 'location', tariffs: 'tariff', tokens: 'token', sessions: 'session' } as const

const replyOf = ({ status, code, data }: ReturnType<ToldPlatform['hear']>): ModuleReply =>
  status >= 200 && status < 300 && code < 2_000
    ? { type: 'done', data, code, status, headers: {} }
    : { type: 'refused', status, code, reason: `it answered ${status >= 400 ? status : code}` }

export const pushStage = (given: Readonly<Record<string, Partial<Quirks>>>) => {
  const clock = new TestClock()
  const memory = memoryLanes()
  const platforms = new Map<string, ToldPlatform>()
  const wrong = new Map<string, (call: ModuleCall) => Mishap>()
  const queued = new Map<string, Mishap[]>()
  const calls: { readonly partner: string; readonly call: ModuleCall }[] = []
  const during: (() => void)[] = []
  let dying: Point | undefined
  let generation = 0
  let pusher: Pusher
  let serial = 0
  const never = new Promise<never>(() => {})

  for (const [id, quirks] of Object.entries(given)) {
    memory.partners.set(id, toldPartner(id, quirks))
    platforms.set(id, toldPlatform())
  }

  /** Whoever has died says and hears nothing more. */
  const alive = async <Result>(mine: number, point: Point | undefined, result: Promise<Result>): Promise<Result> => {
    const value = await result
    if (mine !== generation) return never
    if (point === undefined || point !== dying) return value
    dying = undefined
    begins()
    return never
  }

  const calling =
    (mine: number): CallModule =>
    async ({ id }, call) => {
      if (mine !== generation) return never
      await alive(mine, 'asked', Promise.resolve())
      calls.push({ partner: id, call })
      during.shift()?.()
      return alive(mine, 'answered', answered(id, call))
    }

  const answered = async (id: string, call: ModuleCall): Promise<ModuleReply> => {
    const platform = platforms.get(id)
    if (platform === undefined) return { type: 'absent', reason: 'nobody' }
    const hear = (): ModuleReply =>
      replyOf(
        platform.hear({
          module: call.module,
          method: call.method,
          path: call.path ?? [],
          body: call.body as Json | undefined,
        }),
      )
    const mishap = queued.get(id)?.shift() ?? wrong.get(id)?.(call) ?? 'fine'
    switch (mishap) {
      case 'fine':
        return hear()
      case 'broken':
        return { type: 'failed', status: 500, reason: 'it answered 500' }
      case 'brokenAfter':
        hear()
        return { type: 'failed', status: 500, reason: 'it answered 500' }
      case 'tooMany':
        return { type: 'failed', status: 429, reason: 'it answered 429', retryAfterMs: 7_000 }
      case 'unreached':
        return { type: 'failed', reason: 'nobody is there' }
      case 'hung':
        return { type: 'unclear', reason: 'no answer in time' }
      case 'lost':
        hear()
        return { type: 'unclear', reason: 'no answer in time' }
      case 'noPatch':
        return call.method === 'PATCH' ? { type: 'refused', status: 405, reason: 'it answered 405' } : hear()
      case 'refused':
        return { type: 'refused', status: 200, code: 2001, reason: 'it answered 2001' }
      case 'hangs':
        return never
      case 'slow':
        return new Promise((go) => void clock.after(8_000, () => go(hear())))
    }
  }

  const begins = (): void => {
    const mine = ++generation
    const { lanes } = memory
    const watched: PushLanes = {
      enter: (...of) => alive(mine, 'entered', lanes.enter(...of)),
      due: (...of) => alive(mine, undefined, lanes.due(...of)),
      known: (...of) => alive(mine, undefined, lanes.known(...of)),
      settle: (...of) => alive(mine, 'settled', lanes.settle(...of)),
      leave: (...of) => alive(mine, undefined, lanes.leave(...of)),
    }
    pusher = new Pusher({
      lanes: watched,
      published: memory.published,
      call: calling(mine),
      wording: wordingFor({
        find: async ({ module, id }) =>
          [...memory.objects.values()].find(
            (one) => one.module === module && one.id.toLowerCase() === id.toLowerCase() && !one.isRemoved,
          ),
      }),
      digest: testKey,
      clock,
      ids: { uuid: () => `holder-${++serial}` },
      telemetry: deaf,
      log: silence,
    })
  }
  begins()

  const taken = (): void => {
    for (const [key, due] of memory.deadlines) {
      const lane = laneOfKey('default', key)
      if (due > clock.now() || lane === undefined) continue
      memory.deadlines.delete(key)
      memory.leave(lane.partner, lane.module)
    }
    for (const [key, id] of memory.outbox) void pusher.work({ id, tenant: 'default', key })
  }
  const at = (): string => dateTime(clock.now())
  const find = (module: PushedModule, id: string) =>
    [...memory.objects.values()].find((one) => one.module === module && one.id === id)
  const publish = (module: PushedModule, id: string, body: Json, isRemoved = false): void =>
    memory.publish({ module, owner: ourCode, id, body, lastUpdated: clock.now(), isRemoved })

  /** What is due at this moment is done, and what follows from it. */
  const work = async (): Promise<void> => {
    for (let idle = 0; idle < 3;) {
      const before = calls.length
      taken()
      await settled()
      idle = calls.length === before && memory.outbox.size === 0 ? idle + 1 : 0
    }
  }

  const platform = (id: string): ToldPlatform => {
    const found = platforms.get(id)
    if (found === undefined) throw new Error(`nobody is ${id}`)
    return found
  }

  return {
    clock,
    work,
    begin: async () => taken(),
    /** So many turns of the event loop, in which no time passes. */
    async turn(times: number) {
      for (let n = 0; n < times; n++) await settled()
    },
    /** Lets time go by, and does what is due in it, from one deadline to the next. */
    async pass(ms: number) {
      const until = clock.now() + ms
      await work()
      for (;;) {
        const next = Math.min(...memory.deadlines.values(), Infinity)
        if (next > until) break
        await clock.pass(Math.max(next - clock.now(), 0))
        await work()
      }
      await clock.pass(until - clock.now())
    },
    put(module: PushedModule, id: string, make: (at: string) => Json) {
      publish(module, id, make(at()))
    },
    /** One that is not there, or no more, is made first. */
    change(module: PushedModule, id: string, make: (had: Json, at: string) => Json, first?: (at: string) => Json) {
      const had = find(module, id)
      if (had === undefined || had.isRemoved) return first && publish(module, id, first(at()))
      publish(module, id, make(had.body, at()))
    },
    remove(module: PushedModule, id: string) {
      const had = find(module, id)
      if (had !== undefined && !had.isRemoved) publish(module, id, had.body, true)
    },
    goesWrong: (id: string, how: (call: ModuleCall & { readonly path: readonly string[] }) => Mishap) =>
      void wrong.set(id, (call) => how({ ...call, path: call.path ?? [] })),
    nextOnes: (id: string, how: readonly Mishap[]) => void queued.set(id, [...(queued.get(id) ?? []), ...how]),
    /** From here on everybody behaves, and nobody dies. */
    settles() {
      wrong.clear()
      queued.clear()
      during.splice(0).forEach((act) => act())
      dying = undefined
    },
    /** Something happens while the next request is on its way. */
    meanwhile: (act: () => void) => void during.push(act),
    diesAt: (point: Point) => void (dying = point),
    speaks(id: string, version: OcpiVersion) {
      const partner = memory.partners.get(id)
      if (partner !== undefined) memory.partners.set(id, { ...partner, version })
    },
    registers(id: string, later: number) {
      const partner = memory.partners.get(id)
      if (partner === undefined) return
      memory.partners.set(id, { ...partner, registeredAt: clock.now() + later })
      for (const module of pushedModules) memory.leave(id, module)
    },
    platform,
    heard: (id: string) => platform(id).heard,
    calls: (id: string) => calls.filter(({ partner }) => partner === id).map(({ call }) => call),
    tried: (id: string) => calls.filter(({ partner }) => partner === id).length,
    kept: (id: string, module: PushedModule) => [...(memory.rows.get(`${id}/${module}`)?.retries.values() ?? [])],
    /** It has what we have, and nothing else; times of changes that it could not see may be older. */
    expectSame(id: string) {
      const ours = new Map<string, unknown>()
      for (const { module, id: object, body, isRemoved, lastUpdated } of memory.objects.values()) {
        if (isRemoved && module === 'tariffs') continue
        const told = isRemoved ? asRemoved(module as PushedModule, body, dateTime(lastUpdated)) : body
        const version = memory.partners.get(id)?.version ?? '2.2.1'
        const wire = toWire(told as never, { kind: kinds[module as PushedModule], version })
        ours.set(`${module}/${object}`, withoutStamps(wire.body))
      }
      const theirs = [...platform(id).objects].map(([key, body]) => [key, withoutStamps(body)] as const)
      expect(sorted(theirs)).toEqual(sorted([...ours]))
    },
  }
}

const sorted = (entries: readonly (readonly [string, unknown])[]) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1))

const withoutStamps = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, inner: unknown) => (name === 'last_updated' ? undefined : inner)))
