import { authorize } from '../../../../core/domain/authorization.ts'
import { usualAuthorization } from '../../../../core/domain/roaming-partner.ts'
import { allowedOf } from '../../../../core/roaming/allowed.ts'
import type { LocationReferences } from '../../../../core/roaming/model.ts'
import { type OwnToken, ownTokenObject } from '../../../../core/roaming/own-token.ts'
import { typeForPartners, typeOfPartner } from '../../../../core/roaming/token-type.ts'
import { tokenId } from '../../../../core/roaming/told-token.ts'
import { toWire } from '../../../../core/roaming/wire.ts'
import { type Answer, codes, refusal, success } from '../envelope.ts'
import type { ModuleRequest } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { readBody } from './told.ts'

const unknown = refusal(codes.unknownToken, 'we have no such token', 404)

export type AuthorizeParts = Pick<ModuleParts, 'ownTokens' | 'published' | 'clock' | 'ids'>

/**
 * Whether a driver of ours may charge at a CPO (OCPI 2.3.0 mod_tokens, “POST authorize”). A no is an answer as good as a
 * yes; only whom we do not know is not found. What we say yes to has a reference, by which its session and CDR are known again.
 */
export const authorizeToken = async (parts: AuthorizeParts, asked: ModuleRequest, uid: string): Promise<Answer> => {
  const { partner, query, routing, version } = asked
  const place = asked.body.trim() === '' ? undefined : placeIn(asked)
  if (place !== undefined && 'refused' in place) return place.refused
  const type = typeOfPartner((query.get('type') ?? 'RFID').toUpperCase()) ?? 'OTHER'
  const own = await parts.ownTokens.find(partner.tenant, uid, type)
  if (own === undefined || !isFor(own, routing.to)) return unknown
  const { needsLocation } = partner.authorization ?? usualAuthorization
  if (needsLocation && place === undefined) return refusal(codes.notEnough, 'say where the driver stands')
  const now = parts.clock.now()
  const object = ownTokenObject(own, now)
  if ('impossible' in object) return unknown
  const { status, contract = object.object.contract_id } = authorize(own.token, now)
  const reference = status === 'Accepted' ? parts.ids.uuid() : undefined
  if (reference !== undefined)
    await parts.ownTokens.grant({
      tenant: partner.tenant,
      reference,
      partner: partner.id,
      uid: own.token.uid,
      type: own.token.type,
      contract,
      at: now,
      ...(place !== undefined && { place: place.object }),
    })
  const answer = toWire(
    {
      allowed: allowedOf(status),
      token: { ...object.object, last_updated: await publishedAt(parts, asked, own, object.object.last_updated) },
      ...(place !== undefined && status === 'Accepted' && { location: place.object }),
      ...(reference !== undefined && { authorization_reference: reference }),
    },
    { kind: 'authorizationInfo', version },
  )
  return success(answer.body)
}

/** As it stands in our list: by it the CPO sees whether what it has is older. */
const publishedAt = async (
  { published }: AuthorizeParts,
  { partner }: ModuleRequest,
  { token: { uid, type }, code: owner }: OwnToken,
  otherwise: string,
): Promise<string> => {
  const ref = { tenant: partner.tenant, module: 'tokens', owner, id: tokenId(uid, typeForPartners(type)) } as const
  const found = await published.find(ref, partner.id)
  const at = found?.body['last_updated']
  return typeof at === 'string' ? at : otherwise
}

const placeIn = (asked: ModuleRequest): { readonly object: LocationReferences } | { readonly refused: Answer } => {
  const read = readBody(asked, { kind: 'locationReferences' })
  // what has no fault by its table is one
  return 'refused' in read ? read : { object: read.object as unknown as LocationReferences }
}

const isFor = ({ code }: OwnToken, to: ModuleRequest['routing']['to']): boolean =>
  to === undefined || (to.country === code.country && to.party === code.party)
