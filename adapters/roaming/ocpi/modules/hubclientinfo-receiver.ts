import { type HubClient, withClient } from '../../../../core/domain/hub-client.ts'
import { parseInstant } from '../../../../core/domain/instant.ts'
import type { PartnerRole } from '../../../../core/domain/roaming-partner.ts'
import type { ClientInfo } from '../../../../core/roaming/model.ts'
import { codeOf, ownerOf } from '../../../../core/roaming/owner.ts'
import { toWire } from '../../../../core/roaming/wire.ts'
import { type Answer, notAllowed, success, timestamp } from '../envelope.ts'
import { exchangeOf } from '../exchange-of.ts'
import type { ModuleRequest, OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { nothingHere, readBody } from './told.ts'

type Parts = Pick<ModuleParts, 'clock' | 'partners' | 'access'>

/** What a hub tells of the parties behind it (OCPI 2.3.0 mod_hub_client_info, Receiver Interface). Nobody else may. */
export const hubClientInfoReceiver = (parts: Parts): OcpiModule => ({
  module: 'hubclientinfo',
  role: 'RECEIVER',
  as: 'either',
  async answer(asked) {
    const { method, partner, path } = asked
    const [country, party, ...more] = path
    if (partner.hub === undefined || country === undefined || party === undefined || more.length > 0) return nothingHere
    const code = codeOf({ country_code: country, party_id: party })
    if (method === 'PUT') return told(parts, asked)
    if (method !== 'GET') return notAllowed(['GET', 'PUT'], `${method} is not possible here`)
    const found = partner.roles.find(
      (one) => one.client !== undefined && one.code.country === code.country && one.code.party === code.party,
    )
    return found?.client === undefined ? nothingHere : success(shownClient(asked, found, found.client))
  },
})

const told = async ({ partners, access, clock }: Parts, asked: ModuleRequest): Promise<Answer> => {
  const [country = '', party = ''] = asked.path
  const read = readBody(asked, { kind: 'clientInfo', named: { country_code: country, party_id: party } })
  if ('refused' in read) return read.refused
  const client = clientOf(read.object as unknown as ClientInfo)
  const { tenant, id } = asked.partner
  let isNew = false
  const done = await partners.change(
    { tenant, partner: id },
    (before) => {
      const roles = withClient(before.roles, client)
      isNew = (roles?.length ?? 0) > before.roles.length
      return roles && { partner: { ...before, roles } }
    },
    { at: clock.now() },
  )
  if (typeof done === 'string')
    return { ...success(), message: 'it is older than what we have, and has changed nothing' }
  access.forget()
  return { ...success(), ...(isNew ? { http: 201 } : {}), ...(read.remarks !== '' && { message: read.remarks }) }
}

export const clientOf = (info: ClientInfo): HubClient => ({
  role: info.role.toUpperCase(),
  code: codeOf(info),
  status: info.status,
  at: parseInstant(info.last_updated)?.ms ?? 0,
})

const shownClient = (
  { partner }: ModuleRequest,
  { role, code }: PartnerRole,
  { status, at }: Pick<HubClient, 'status' | 'at'>,
): unknown =>
  toWire({ ...ownerOf(code), role, status, last_updated: timestamp(at) }, exchangeOf(partner, 'clientInfo')).body
