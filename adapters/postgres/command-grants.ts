import type { CommandGrants } from '../../core/ports/roaming-commands.ts'
import { codeOf } from '../../core/roaming/owner.ts'
import { typeOfPartner } from '../../core/roaming/token-type.ts'
import type { Sql } from './connect.ts'
import { asTenant } from './tenant.ts'

/** Among what partners have said of their drivers' tokens: whoever lets them in, and whoever writes their accounts, looks there. */
export const commandGrants = (app: Sql): CommandGrants => ({
  grant: ({ tenant, identity, partner, order, token, at, reference }) =>
    asTenant(app, tenant, async (tx) => {
      const { country, party } = codeOf(token)
      await tx`insert into roaming_authorizations (tenant, partner, method, authorization_reference, at, command, identity, country_code, party_id, uid, type, contract)
        values (${tenant}, ${partner}, 'COMMAND', ${reference ?? null}, at_ms(${at}::bigint), ${order}, ${identity}, ${country}, ${party}, ${token.uid},
          ${typeOfPartner(token.type) ?? 'OTHER'}, ${token.contract_id})`
    }),
})
