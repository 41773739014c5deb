import { formatPartyCode, type PartyCode, partyKey } from '../../core/domain/party-code.ts'
import type { Told } from '../../core/domain/push-lane.ts'
import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { CallModule, ModuleCall, PublishedObject } from '../../core/ports/roaming.ts'
import { isJson, type Json } from '../../core/roaming/field.ts'
import type { Parts } from '../../core/roaming/push-parts.ts'
import { isSame, type PushPlan, type PushStep } from '../../core/roaming/push-plan.ts'
import { Host } from '../host.ts'
import { heard } from './heard.ts'
import { type PushEvent, pushMachine } from './machine.ts'

interface Given {
  readonly call: CallModule
  readonly to: RoamingPartner
  readonly object: PublishedObject
  readonly plan: PushPlan
  /** From 1. */
  readonly attempt: number
  readonly losses: NonNullable<ModuleCall['losses']>
}

export interface Outcome {
  readonly told: Told
  /** What the partner has been told of the object, as far as that has changed. */
  readonly tells?: Parts | 'gone'
}

/** Longer than a partner that is slow needs, and shorter than anybody would wait for one that hangs. */
export const pushTimeoutMs = 15_000

const host = new Host(pushMachine)

/** One object told to one partner: what its machine decides is done here, request by request. Never throws. */
export const tell = async (given: Given): Promise<Outcome> => {
  const { plan } = given
  const steps = plan.steps.map((step) => ({ method: step.method, isWhole: step.below.length === 0 }))
  const telling = { given, outcome: { told: { type: 'told' } } as Outcome }
  let [rest, effects] = host.start({ steps })
  for (;;) {
    let event: PushEvent | undefined
    for (const { type, params } of effects) event = await pushCarriers[type]?.(telling, params as Params)
    if (event === undefined) return telling.outcome
    const before = rest.value
    ;[rest, effects] = host.send(rest, event)
    // what it has is the whole of it, whether it took that from us now or had it
    if (rest.value === 'told' && before !== 'telling')
      telling.outcome = { told: { type: 'told' }, tells: plan.whole?.tells ?? 'gone' }
    if (rest.value === 'told' && before === 'telling' && plan.whole === undefined)
      telling.outcome = { told: { type: 'told' }, tells: 'gone' }
  }
}

interface Telling {
  readonly given: Given
  outcome: Outcome
}

interface Params {
  readonly step: number
  readonly reason: string
  readonly isItsOwn: boolean
  readonly retryAfterMs?: number
}

/** Who carries out which effect of the machine. An answer is the machine's next event. */
export const pushCarriers: Readonly<
  Record<string, (telling: Telling, params: Params) => Promise<PushEvent | undefined>>
> = {
  async tell(telling, { step: at }) {
    const step = telling.given.plan.steps[at]
    if (step === undefined) return undefined
    const event = await requested(telling.given, step)
    if (event.type === 'done') telling.outcome = { ...telling.outcome, tells: step.tells }
    return event
  },
  async ask({ given }) {
    const { to, call, plan } = given
    const reply = await call(to, { ...callOf(given, []), method: 'GET' })
    if (reply.type !== 'done') return heard(reply)
    return { type: isSame(plan.whole?.body, reply.data) ? 'same' : 'other' }
  },
  async replace({ given }) {
    const { whole } = given.plan
    return whole && requested(given, whole)
  },
  async keep(telling, { reason }) {
    telling.outcome = { ...telling.outcome, told: { type: 'refused', reason } }
    return undefined
  },
  async putOff(telling, { reason, isItsOwn, retryAfterMs }) {
    const told = { type: 'failed', reason, isItsOwn, ...(retryAfterMs !== undefined && { retryAfterMs }) } as const
    telling.outcome = { ...telling.outcome, told }
    return undefined
  },
}

const requested = async (given: Given, { method, below, body }: PushStep): Promise<PushEvent> =>
  heard(
    await given.call(given.to, {
      ...callOf(given, below),
      method,
      ...(body !== undefined && { body }),
      ...(body !== undefined && given.losses.length > 0 && { losses: given.losses }),
    }),
  )

/** In 2.1.1 and later alike: whose it is, its id, and what of it. A token is named by its type too. */
const callOf = (
  { to, object: { module, owner, id, body }, attempt }: Given,
  below: readonly string[],
): Omit<ModuleCall, 'method'> => {
  const isToken = module === 'tokens'
  const type = isToken ? body['type'] : undefined
  const receiver = isToken ? onlyPartyOf(to, 'CPO') : (empOf(to, body) ?? onlyPartyOf(to, 'EMSP'))
  const name = isToken && typeof body['uid'] === 'string' ? body['uid'] : id
  return {
    module,
    role: 'RECEIVER',
    path: [owner.country, owner.party, name, ...below],
    ...(typeof type === 'string' && type !== 'RFID' && { query: { type } }),
    from: owner,
    ...(receiver !== undefined && { to: receiver }),
    timeoutMs: pushTimeoutMs,
    kind: 'push',
    object: [id, ...below].join('/'),
    attempt,
  }
}

/** Of a session: the party of its driver, where that is on the platform. */
const empOf = ({ roles }: RoamingPartner, { cdr_token: token }: Json): PartyCode | undefined => {
  if (!isJson(token)) return undefined
  const { country_code: country, party_id: party } = token
  const named = partyKey(`${String(country)}*${String(party)}`)
  return roles.find(({ role, code }) => role === 'EMSP' && partyKey(formatPartyCode(code)) === named)?.code
}

/** Of several nobody knows whom it concerns: then it is for all of them. */
const onlyPartyOf = ({ roles }: RoamingPartner, role: 'CPO' | 'EMSP'): PartyCode | undefined => {
  const [first, ...others] = roles.filter((one) => one.role === role)
  return others.length === 0 ? first?.code : undefined
}
