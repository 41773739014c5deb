import type { PartyCode } from '../../../core/domain/party-code.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { CallModule, ModuleReply } from '../../../core/ports/roaming.ts'
import type { ReceivedTokens } from '../../../core/ports/roaming-tokens.ts'
import { type Json, modelVersion } from '../../../core/roaming/field.ts'
import { dateTime } from '../../../core/roaming/date-time.ts'
import type { LocationReferences } from '../../../core/roaming/model.ts'
import { ownerOf } from '../../../core/roaming/owner.ts'
import type { RtaAnswer } from '../../../core/roaming/rta.ts'
import { tokenId } from '../../../core/roaming/told-token.ts'
import { fromWire, toWire } from '../../../core/roaming/wire.ts'
import { codes } from './envelope.ts'

/** What an EMP is asked about one of its drivers. */
export interface RtaQuestion {
  readonly uid: string
  /** In the partner's words; what its version does not have is called OTHER there. */
  readonly type: string
  /** The EMP, where it is known whose the token is; else the partner finds out itself. */
  readonly to?: PartyCode
  readonly place?: LocationReferences
  readonly withinMs: number
}

/** Asks the partner's EMP (OCPI 2.3.0 mod_tokens, “POST authorize”). */
export type AskPartner = (partner: RoamingPartner, question: RtaQuestion) => Promise<RtaAnswer>

interface Parts {
  readonly call: CallModule
  readonly receivedTokens: Pick<ReceivedTokens, 'find'>
  readonly clock: Clock
}

/**
 * Where the place of the driver says nothing to the EMP (2002), it is asked once more without it. An EMP that does not know
 * the token says so with 404, with 2004, or with both.
 */
export const askAuthorization =
  ({ call, receivedTokens, clock }: Parts): AskPartner =>
  async (partner, question) => {
    // whoever speaks 2.1.1 says of no token which one it is
    const token = partner.version === '2.1.1' ? tokenAsTold(receivedTokens, partner, question) : undefined
    const began = clock.monotonic()
    const ask = async (place: LocationReferences | undefined): Promise<ModuleReply> => {
      const timeoutMs = question.withinMs - (clock.monotonic() - began)
      if (timeoutMs < 1) return { type: 'unclear', reason: 'there is no time left to ask again' }
      return call(partner, callFor(partner, question, { place, timeoutMs }))
    }
    const first = await ask(question.place)
    if (first.type !== 'refused' || first.code !== codes.notEnough || question.place === undefined)
      return answerOf(first, partner, await token)
    return answerOf(await ask(undefined), partner, await token)
  }

/**
 * The token as its EMP has told us of it. Of one that it has not, nothing but the uid is known, which stands for the contract
 * too: it is of the partner's only EMP, and whatever that EMP says of it later is newer.
 */
const tokenAsTold = async (
  receivedTokens: Pick<ReceivedTokens, 'find'>,
  { tenant, id: partner, roles }: RoamingPartner,
  { uid, type, to }: RtaQuestion,
): Promise<Json | undefined> => {
  const emp = roles.find(({ role, code }) => role === 'EMSP' && (to === undefined || isSame(code, to)))
  if (emp === undefined) return undefined
  const word = wordIn('2.1.1', type)
  const ref = { tenant, module: 'tokens', owner: emp.code, id: tokenId(uid, word) } as const
  const told = await receivedTokens.find(ref, partner).catch(() => undefined)
  return (
    told?.body ?? {
      ...ownerOf(emp.code),
      uid,
      type: word,
      contract_id: uid,
      issuer: emp.name,
      valid: true,
      whitelist: 'NEVER',
      last_updated: dateTime(0),
    }
  )
}

const isSame = (a: PartyCode, b: PartyCode): boolean => a.country === b.country && a.party === b.party

const callFor = (
  { version = modelVersion }: RoamingPartner,
  { uid, type, to }: RtaQuestion,
  { place, timeoutMs }: { readonly place: LocationReferences | undefined; readonly timeoutMs: number },
): Parameters<CallModule>[1] => ({
  module: 'tokens',
  role: 'SENDER',
  method: 'POST',
  path: [uid, 'authorize'],
  query: { type: wordIn(version, type) },
  ...(place !== undefined && { body: toWire(place, { kind: 'locationReferences', version }).body }),
  ...(to !== undefined && { to }),
  timeoutMs,
  kind: 'ask',
  object: uid,
})

const wordIn = (version: string, type: string): string => {
  if (version === modelVersion || type === 'RFID') return type
  return version === '2.2.1' && type !== 'EMAID' ? type : 'OTHER'
}

const answerOf = (
  reply: ModuleReply,
  { version = modelVersion }: RoamingPartner,
  token: Json | undefined,
): RtaAnswer => {
  if (reply.type === 'refused' && (reply.code === codes.unknownToken || reply.status === 404))
    return { type: 'unknown' }
  if (reply.type !== 'done') return { type: 'silent', reason: reply.reason }
  const { object, faults } = fromWire(reply.data, {
    kind: 'authorizationInfo',
    version,
    known: { ...(token !== undefined && { token }) },
  })
  if (object !== undefined) return { type: 'said', info: object }
  const [fault] = faults
  return {
    type: 'silent',
    reason: `its answer is no AuthorizationInfo: ${fault?.pointer ?? ''} ${fault?.detail ?? ''}`,
  }
}
