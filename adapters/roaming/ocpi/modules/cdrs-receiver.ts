import { canonical } from '../../../../core/domain/canonical.ts'
import type { PartyCode } from '../../../../core/domain/party-code.ts'
import { type CdrVerdict, checkedCdr } from '../../../../core/roaming/cdr-check.ts'
import type { Json } from '../../../../core/roaming/field.ts'
import type { Cdr, Location } from '../../../../core/roaming/model.ts'
import { codeOf } from '../../../../core/roaming/owner.ts'
import { type Answer, codes, notAllowed, refusal, success } from '../envelope.ts'
import { knownFrom } from '../known-from.ts'
import type { ModuleRequest, OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { bodyIn, nothingHere, ownerIn, readBody, refOf, shown } from './told.ts'

type Parts = Pick<ModuleParts, 'received' | 'ownTokens' | 'clock' | 'alarm'>

/**
 * CDRs of CPOs (OCPI 2.3.0 mod_cdrs, Receiver Interface). One is kept as it came first, for good: the same again is no
 * second one, and another one under its id is refused. Each is worked out again, and what we find is kept with it.
 */
export const cdrsReceiver = (parts: Parts): OcpiModule => ({
  module: 'cdrs',
  role: 'RECEIVER',
  as: 'EMSP',
  async answer(asked) {
    const { method, partner, path } = asked
    if (path.length === 0)
      return method === 'POST' ? posted(parts, asked) : notAllowed(['POST'], 'CDRs are posted here')
    const [country, party, id, ...more] = path
    const owner = ownerIn(partner, country, party)
    if (owner === undefined || id === undefined || more.length > 0) return nothingHere
    if (method !== 'GET') return notAllowed(['GET'], 'a CDR never changes: send a credit CDR and a new one')
    return shown(await parts.received.find(refOf(asked, 'cdrs', owner, id), partner.id), { kind: 'cdr', asked })
  },
})

const posted = async (parts: Parts, asked: ModuleRequest): Promise<Answer> => {
  const told = { partner: asked.partner, owner: soleOwner(asked), value: bodyIn(asked) }
  const read = readBody(asked, { kind: 'cdr', known: await knownFrom(parts, told) })
  if ('refused' in read) return read.refused
  const cdr = read.object as unknown as Cdr
  const owner = ownerIn(asked.partner, cdr.country_code, cdr.party_id)
  if (owner === undefined)
    return refusal(codes.invalid, `/party_id: ${cdr.country_code}*${cdr.party_id} is not on your platform`)
  const kept = await keepCdr(parts, asked.partner, cdr)
  const location = [asked.base, ...[owner.country, owner.party, cdr.id].map(encodeURIComponent)].join('/')
  if (kept === 'another')
    return refusal(codes.invalid, '/id: there is another CDR of this id, which is kept as it came first')
  const message = kept === 'same' ? 'we have it already' : read.remarks
  return {
    ...success(),
    ...(kept === 'new' ? { http: 201 } : {}),
    ...(message !== '' && { message }),
    headers: { location },
  }
}

/** 2.1.1 has no owner in a CDR: it is whoever sends it, or the only CPO there. */
const soleOwner = ({ partner, routing }: ModuleRequest): PartyCode | undefined => {
  const operators = partner.roles.filter(({ role }) => role === 'CPO')
  return routing.from ?? (operators.length === 1 ? operators[0]?.code : undefined)
}

/** Keeps a CDR with our verdict, however it came; and raises an alarm where its id is another's. */
export const keepCdr = async (
  parts: Parts,
  { tenant, id: partner }: Pick<ModuleRequest['partner'], 'tenant' | 'id'>,
  cdr: Cdr,
): Promise<'new' | 'same' | 'another'> => {
  const ref = { tenant, module: 'cdrs', owner: codeOf(cdr), id: cdr.id } as const
  const verdict = await verdictOn(parts, tenant, cdr)
  const at = parts.clock.now()
  const object = cdr as unknown as Json
  const done = await parts.received.change(ref, { partner, at, verdict: { ...verdict } }, (had) => {
    if (had === undefined || had.isRemoved) return object
    return isSame(had.body, object) ? 'stale' : 'unknown'
  })
  if (done === 'stale') return 'same'
  const alarm = { tenant, partner, module: 'cdrs', object: cdr.id, at } as const
  if (done === 'unknown') {
    await parts.alarm({ ...alarm, alarm: 'cdrConflict', detail: 'another CDR came under an id that we have' })
    return 'another'
  }
  if (verdict.verdict === 'differs')
    await parts.alarm({ ...alarm, alarm: 'cdrDiffers', detail: differencesOf(verdict) })
  return 'new'
}

/** When it was sent again is not what it says. */
const isSame = (had: Json, has: Json): boolean =>
  canonical({ ...had, last_updated: null }) === canonical({ ...has, last_updated: null })

const verdictOn = async ({ received }: Parts, tenant: string, cdr: Cdr): Promise<CdrVerdict> => {
  const owner = codeOf(cdr)
  const location = await received.find({ tenant, module: 'locations', owner, id: cdr.cdr_location.id })
  const { credit_reference_id: credited } = cdr
  const original =
    cdr.credit === true && credited !== undefined
      ? await received.find({ tenant, module: 'cdrs', owner, id: credited })
      : undefined
  const zone = (location?.body as Partial<Location> | undefined)?.time_zone
  try {
    return checkedCdr(cdr, {
      ...(zone !== undefined && { zone }),
      ...(original && { original: original.body as unknown as Cdr }),
    })
  } catch (error) {
    // whatever figures somebody has thought of: its CDR is kept
    return { verdict: 'uncomputable', why: [error instanceof Error ? error.message : String(error)] }
  }
}

const differencesOf = ({ differences }: Extract<CdrVerdict, { verdict: 'differs' }>): string =>
  differences.map(({ field, said, computed }) => `${field} is ${said}, and comes to ${computed}`).join('; ')
