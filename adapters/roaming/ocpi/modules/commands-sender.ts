import { type Answer, codes, notAllowed, refusal, success } from '../envelope.ts'
import type { OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { read } from './read.ts'

const unknown: Answer = refusal(codes.clientError, 'there is no such command of ours with you', 404)

/**
 * CPOs tell what became of our commands, each at an address that we have given it for that (OCPI 2.2.1 and 2.3.0
 * mod_commands, sender).
 */
export const commandsSender = ({ asks }: Pick<ModuleParts, 'asks'>): OcpiModule => ({
  module: 'commands',
  role: 'SENDER',
  as: 'EMSP',
  async answer({ partner, method, path, version, body }) {
    const [, address, ...more] = path
    if (address === undefined || more.length > 0) return unknown
    if (method !== 'POST') return notAllowed(['POST'], `${method} is not possible here`)
    const said = read(body, 'commandResult', version)
    if ('refused' in said) return said.refused
    const { result, message } = said.object
    const reason = message?.[0]?.text
    const at = { tenant: partner.tenant, partner: partner.id, address }
    return (await asks.heard(at, { result, ...(reason !== undefined && { reason }) })) ? success() : unknown
  },
})
