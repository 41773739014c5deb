import { codes, notAllowed, refusal } from '../envelope.ts'
import { type ListParts, listed } from '../list-sender.ts'
import type { OcpiModule } from '../module.ts'
import { type AuthorizeParts, authorizeToken } from './authorize.ts'

/** Tokens of our own EMPs (OCPI 2.3.0 mod_tokens, Sender Interface): all of them, and whether one may charge now. */
export const tokensSender = (parts: AuthorizeParts & ListParts): OcpiModule => ({
  module: 'tokens',
  role: 'SENDER',
  as: 'EMSP',
  async answer(asked) {
    const { method, path } = asked
    const [uid, word, ...more] = path
    if (uid === undefined) {
      if (method !== 'GET') return notAllowed(['GET'], `${method} is not possible here`)
      return listed(parts, { module: 'tokens', kind: 'token' }, asked)
    }
    if (uid === '' || word !== 'authorize' || more.length > 0)
      return refusal(codes.clientError, 'there is nothing at this path', 404)
    return method === 'POST'
      ? authorizeToken(parts, asked, uid)
      : notAllowed(['POST'], `${method} is not possible here`)
  },
})
