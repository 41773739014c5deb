import { grantMs } from '../../core/domain/roaming-command.ts'
import type { CommandGrants, Grant } from '../../core/ports/roaming-commands.ts'
import type { Sql } from './connect.ts'
import { present } from './rows.ts'
import { asTenant } from './tenant.ts'

const method = 'COMMAND'

interface Row {
  readonly tenant: string
  readonly charge_point: string
  readonly token: string
  readonly at_ms: number
  readonly partner: string
  readonly reference: string | null
}

/** What partners have said of tokens at charge points with their commands, among what EMPs have said of tokens. */
export const commandGrants = (app: Sql): CommandGrants => ({
  grant: ({ tenant, chargePoint, token, at, partner, reference }) =>
    asTenant(app, tenant, async (tx) => {
      await tx`insert into roaming_authorizations (tenant, charge_point, token, at, partner, method, reference)
        values (${tenant}, ${chargePoint}, ${token}, at_ms(${at}::bigint), ${partner}, ${method}, ${reference ?? null})`
    }),

  find: ({ tenant, chargePoint, token, at }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select a.tenant, a.charge_point, a.token, ms(a.at) as at_ms, a.partner, a.reference from roaming_authorizations a
        where a.tenant = ${tenant} and lower(a.charge_point) = lower(${chargePoint}) and lower(a.token) = lower(${token}) and a.method = ${method}
          and a.at > at_ms(${at - grantMs}::bigint) and a.at <= at_ms(${at}::bigint)
        order by a.at desc limit 1`
      if (row === undefined) return undefined
      const { tenant: _, charge_point, token: uid, at_ms, partner, reference } = row
      const grant: Grant = {
        tenant,
        chargePoint: charge_point,
        token: uid,
        at: at_ms,
        partner,
        ...present({ reference }),
      }
      return grant
    }),
})
