import { type Authorization, authorize } from '../../core/domain/authorization.ts'
import { refKey } from '../../core/domain/charge-point.ts'
import type { PartyCode } from '../../core/domain/party-code.ts'
import { parsePartyCode } from '../../core/domain/party-code.ts'
import { type RoamingPartner, usualAuthorization } from '../../core/domain/roaming-partner.ts'
import { type Token, tokenKey } from '../../core/domain/token.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Log } from '../../core/ports/log.ts'
import type { Presentation, RoamingAuthorizer } from '../../core/ports/roaming-authorizer.ts'
import type { AtStation, RoamingAuthorizations } from '../../core/ports/roaming-tokens.ts'
import type { Telemetry } from '../../core/ports/telemetry.ts'
import type { Timers } from '../../core/ports/timers.ts'
import type { LocationReferences, Token as TokenObject } from '../../core/roaming/model.ts'
import { codeOf } from '../../core/roaming/owner.ts'
import {
  answerWithinMs,
  bestOf,
  canBeAskedAbout,
  commandedMs,
  planOf,
  type RtaAnswer,
  statusAfter,
} from '../../core/roaming/rta.ts'
import { tokenFrom } from '../../core/roaming/token-from.ts'
import { typeForPartners } from '../../core/roaming/token-type.ts'
import type { AskPartner, RtaQuestion } from './ocpi/ask-authorization.ts'

interface Parts {
  readonly ask: AskPartner
  readonly partners: { of(tenant: string): Promise<readonly RoamingPartner[]> }
  readonly authorizations: RoamingAuthorizations
  /** Keeps the token that a partner has answered with. */
  readonly keep: (partner: RoamingPartner, token: TokenObject) => Promise<void>
  readonly clock: Clock
  readonly timers: Timers
  readonly telemetry: Pick<Telemetry, 'took'>
  readonly log: Log
}

interface Answered {
  readonly partner: RoamingPartner
  readonly answer: RtaAnswer
}

type Question = Omit<RtaQuestion, 'withinMs'>

interface Asking {
  readonly question: Question
  /** Monotonic ms: whoever has not answered by then has not answered. */
  readonly until: number
}

/** So many drivers at a time wait for one partner; for whoever comes then it is out of reach. */
const mostAtOnce = 500

/**
 * Real-time authorization. Whoever presents the same token at the same station while its EMP is being asked waits for the
 * same answer. What a partner says is kept before a session begins with it, and beside the answer where it only may.
 */
export const roamingAuthorizer = (parts: Parts): RoamingAuthorizer => {
  const { authorizations, partners, clock, telemetry, log } = parts
  const underWay = new Map<string, Promise<Authorization>>()
  const keeping = new Map<string, Promise<unknown>>()
  const asking = new Map<string, number>()

  const warn =
    (message: string) =>
    (error: unknown): undefined => {
      log.warn(message, { reason: String(error) })
    }

  const ask = async (partner: RoamingPartner, { question, until }: Asking): Promise<Answered> => {
    const key = `${partner.tenant}/${partner.id}`
    const before = asking.get(key) ?? 0
    if (before >= mostAtOnce) return { partner, answer: { type: 'silent', reason: 'too many ask it at once' } }
    asking.set(key, before + 1)
    try {
      const withinMs = until - clock.monotonic()
      return { partner, answer: await within(parts.timers, withinMs, parts.ask(partner, { ...question, withinMs })) }
    } finally {
      const left = (asking.get(key) ?? 1) - 1
      if (left > 0) asking.set(key, left)
      else asking.delete(key)
    }
  }

  /** What it has said is written down. */
  const keep = async (presented: Presentation, { partner, answer }: Answered): Promise<void> => {
    if (answer.type !== 'said') return
    const [ref, uid] = [presented.ref, uidOf(presented)]
    const { token, allowed, authorization_reference: reference } = answer.info
    const { object } = tokenFrom(token)
    // the reference first: by it its session is paid
    if (allowed === 'ALLOWED')
      await authorizations.note({
        ref,
        partner: partner.id,
        at: clock.now(),
        owner: codeOf(token),
        uid,
        type: object.type,
        ...(reference !== undefined && { reference }),
        ...(object.contract !== undefined && { contract: object.contract }),
      })
    if (tokenKey(token.uid) === tokenKey(uid)) await parts.keep(partner, token)
  }

  /** Some stations begin a session in the moment in which they hear yes: until that is written they would be asked about again. */
  const beingKept = (key: string, kept: Promise<unknown>): void => {
    keeping.set(key, kept)
    void kept.then(() => keeping.get(key) === kept && keeping.delete(key))
  }

  const decided = async (presented: Presentation, asked: readonly RoamingPartner[]): Promise<Authorization> => {
    const { ref, known, own, occasion, evse } = presented
    const until = clock.monotonic() + answerWithinMs
    const place = await authorizations.placeOf(ref, evse).catch(warn('where a station is cannot be looked up'))
    const question = questionOf(presented, place)
    const best = bestOf(await untilYes(asked.map((partner) => ask(partner, { question, until }))))
    if (best === undefined) return own
    const { partner, answer } = best
    const policy = partner.authorization ?? usualAuthorization
    const whitelist = known?.roaming?.whitelist
    const status = statusAfter(answer, { whitelist, own: own.status, policy, asked: place })
    if (answer.type === 'silent')
      log.warn('an EMP has not said whether its driver may charge', {
        partner: partner.id,
        reason: answer.reason,
        status,
      })
    const kept = keep(presented, best).catch(warn('what an EMP has said of its driver could not be kept'))
    if (occasion === 'start') await kept
    else beingKept(keyOf(presented), kept)
    return answer.type === 'said' ? toldOf(answer.info.token, { status, now: clock.now() }) : { ...own, status }
  }

  return {
    async authorize(presented) {
      const { ref, known, own } = presented
      const uid = uidOf(presented)
      const began = clock.monotonic()
      try {
        const all = await partners.of(ref.tenant)
        const asked = partnersFor(all, known)
        // nobody is there any more who would pay for it
        if (known !== undefined && asked.length === 0) return { status: 'Invalid' }
        if (asked.length === 0 || !canBeAskedAbout(uid)) return own
        const key = keyOf(presented)
        await keeping.get(key)
        const now = clock.now()
        const here = mayNeedAsking(presented)
          ? await authorizations
              .atStation(ref, uid, now - commandedMs)
              .catch(warn('who was let in cannot be looked up'))
          : undefined
        const plan = planOf(circumstancesOf(presented, { now, asked, ...(here && { here }) }))
        if (plan === 'own') return own
        // what the partner has said may not be known to all of us yet
        const contract = own.contract ?? here?.contract
        if (plan === 'allowed') return { ...own, status: 'Accepted', ...(contract !== undefined && { contract }) }
        const answer = underWay.get(key) ?? decided(presented, asked).finally(() => underWay.delete(key))
        underWay.set(key, answer)
        const said = await answer
        telemetry.took('roaming.rta.duration', clock.monotonic() - began, said.status)
        return said
      } catch (error) {
        warn('whether a driver of a partner may charge could not be found out')(error)
        return known?.roaming?.whitelist === 'NEVER' ? { ...own, status: 'Invalid' } : own
      }
    },
  }
}

/** The partner whose token it is; of one that nobody knows, those that are asked about such. */
const partnersFor = (all: readonly RoamingPartner[], known: Token | undefined): readonly RoamingPartner[] =>
  all.filter(({ id, authorization = usualAuthorization }) =>
    known === undefined ? authorization.asksUnknown : id === known.roaming?.partner,
  )

/** Whether anything that has been at the station can matter: of most tokens it cannot, and nothing is looked up. */
const mayNeedAsking = (presented: Presentation): boolean =>
  presented.own.status !== 'Accepted' || planOf(circumstancesOf(presented, { now: 0, asked: [] })) === 'ask'

const circumstancesOf = (
  { known, own, type, occasion, isLate }: Presentation,
  { now, asked, here }: { readonly now: number; readonly asked: readonly RoamingPartner[]; readonly here?: AtStation },
): Parameters<typeof planOf>[0] => {
  const presentedAs = known?.type ?? type
  const [only] = asked
  return {
    ...(known?.roaming !== undefined && { whitelist: known.roaming.whitelist }),
    ...(presentedAs !== undefined && { type: presentedAs }),
    isAccepted: own.status === 'Accepted',
    occasion,
    isLate,
    isCharging: here?.isCharging ?? false,
    ...(here?.commandedAt !== undefined && { commandedAgo: now - here.commandedAt }),
    ...(here?.allowedAt !== undefined && { allowedAgo: now - here.allowedAt }),
    rememberS: (asked.length === 1 ? only?.authorization : undefined)?.rememberS ?? 0,
  }
}

/** A tag stands for its token. */
const uidOf = ({ uid, known }: Presentation): string => known?.uid ?? uid

const keyOf = (presented: Presentation): string => `${refKey(presented.ref)} ${tokenKey(uidOf(presented))}`

const questionOf = (presented: Presentation, place: LocationReferences | undefined): Question => {
  const { known, type = 'RFID' } = presented
  const to = known && ownerIn(known)
  return {
    uid: uidOf(presented),
    type: known?.roaming?.type ?? typeForPartners(type),
    ...(to !== undefined && { to }),
    ...(place !== undefined && { place }),
  }
}

const ownerIn = ({ issuer }: Token): PartyCode | undefined => {
  const code = parsePartyCode(issuer)
  return 'fault' in code ? undefined : code
}

/** What the station is told: what the partner says now, by the token that it has said it with. */
const toldOf = (
  object: TokenObject,
  { status, now }: { readonly status: Authorization['status']; readonly now: number },
): Authorization => {
  const told = authorize({ ...tokenFrom(object).object, status: 'Accepted' }, now)
  return { ...told, status }
}

/** All answers; or those that are there when one of them is a yes, for which nobody has to wait any longer. */
const untilYes = (asked: readonly Promise<Answered>[]): Promise<readonly Answered[]> =>
  new Promise((done, fail) => {
    const answers: Answered[] = []
    for (const one of asked)
      one.then((answered) => {
        answers.push(answered)
        const { answer } = answered
        const isYes = answer.type === 'said' && answer.info.allowed === 'ALLOWED'
        if (isYes || answers.length === asked.length) done(answers)
      }, fail)
  })

/** The answer, or that there is none by then. */
const within = (timers: Timers, ms: number, answer: Promise<RtaAnswer>): Promise<RtaAnswer> =>
  new Promise((done) => {
    const late = timers.after(Math.max(1, ms), () => done({ type: 'silent', reason: 'no answer in time' }))
    const settle = (said: RtaAnswer): void => {
      late()
      done(said)
    }
    answer.then(settle, (error: unknown) => settle({ type: 'silent', reason: String(error) }))
  })
