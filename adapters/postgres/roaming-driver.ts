import { parseEvcoId } from '../../core/domain/evco-id.ts'
import { type PartyCode, partyKey } from '../../core/domain/party-code.ts'
import type { Session } from '../../core/domain/session.ts'
import { type TokenType, tokenKey } from '../../core/domain/token.ts'
import type { Driver } from '../../core/roaming/cdr-token.ts'
import type { AuthMethod, CdrToken } from '../../core/roaming/model.ts'
import { notAvailable } from '../../core/roaming/owner.ts'
import { typeOfPartner } from '../../core/roaming/token-type.ts'
import type { Sql, Transaction } from './connect.ts'
import { contractsOf } from './contract-of.ts'
import { partnersOf } from './roaming-partner-of.ts'
import { present } from './rows.ts'

/** Of a session what says whose it is. */
export type Charging = Pick<Session, 'id' | 'identity' | 'token' | 'startedAt' | 'endedAt' | 'command'> & {
  readonly authorization?: Pick<NonNullable<Session['authorization']>, 'contract'>
}

/** Whose session it is: the driver of a partner, and how the partner has let it in. */
export interface Roaming {
  readonly partner: string
  readonly driver: Driver
  readonly authMethod: AuthMethod
  /** The last one that the partner gave. */
  readonly authorizationReference?: string
}

/** What is known of a driver before it is known whose that is. */
type Presented = Omit<Roaming, 'partner'> & { readonly partner?: string }

/**
 * Whose sessions of a tenant are, by their ids; those of nobody's partner are not among them. A session stays the one of
 * whom it was published for, whatever has become of the token since (OCPI 2.3.0 mod_cdrs: as it was at the start). Else the
 * partner's own word counts, then who issued the token, then the EMP of its contract, and last the party that its EVCO ID
 * names, which may be another one than the EMP roams under (handbook/roaming.md §6).
 */
export const driversOf = async (
  tx: Transaction | Sql,
  tenant: string,
  sessions: readonly Charging[],
): Promise<ReadonlyMap<string, Roaming>> => {
  if (sessions.length === 0) return new Map()
  const [words, published, tokens, emps] = await Promise.all([
    wordsOf(tx, tenant, sessions),
    publishedOf(tx, tenant, sessions),
    tokensOf(tx, tenant, sessions),
    empsOf(tx, tenant, sessions),
  ])
  const presented = sessions.flatMap((session, i) => {
    const said = words.get(session.id) ?? []
    const how = methodOf(said)
    const known = published.get(session.id) ?? driverSaid(said, tokens.get(session.id))
    if (known !== undefined) return [{ id: session.id, ...known, ...how }]
    const driver = driverHere(session, tokens.get(session.id), emps[i])
    return driver === undefined ? [] : [{ id: session.id, driver, ...how }]
  })
  const partners = await partnersOf(
    tx,
    tenant,
    presented.map(({ driver }) => driver.code),
  )
  return new Map(
    presented.flatMap(({ id, partner: told, ...rest }: Presented & { readonly id: string }, i) => {
      const partner = told ?? partners[i]
      return partner === undefined ? [] : [[id, { partner, ...rest }] as const]
    }),
  )
}

interface WordRow {
  readonly of: string
  readonly partner: string
  readonly method: 'AUTH_REQUEST' | 'COMMAND'
  readonly reference: string | null
  readonly country_code: string
  readonly party_id: string
  readonly uid: string
  readonly type: TokenType | null
  readonly contract: string | null
  /** It let the driver reserve: with what the session began is another matter. */
  readonly reserves: boolean
}

/** A driver presents a token, then plugs in; who takes longer has to present it again. */
const beforeMs = 15 * 60_000

/** Each time that a partner has said yes to a session, the last one first. */
const wordsOf = async (
  tx: Transaction | Sql,
  tenant: string,
  sessions: readonly Charging[],
): Promise<ReadonlyMap<string, readonly WordRow[]>> => {
  const columns = tx.unsafe(
    `a.serial, a.at, a.partner, a.method, a.authorization_reference as reference, a.country_code, a.party_id, a.uid, a.type, a.contract`,
  )
  const from = sessions.map(({ startedAt }) => (startedAt ?? 0) - beforeMs)
  const rows = await tx<WordRow[]>`select distinct on (w.id, x.at, x.serial) w.id as of, x.*
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ token }) => tokenKey(token ?? ''))}::text[], ${sessions.map(({ identity }) => identity)}::text[],
      ${sessions.map(({ command }) => command ?? null)}::uuid[], ${from}::bigint[], ${sessions.map(({ endedAt }) => endedAt ?? null)}::bigint[])
      as w(id, key, identity, command, from_ms, until_ms)
    cross join lateral (
      select ${columns}, false as reserves from roaming_authorizations a where a.tenant = ${tenant} and a.session = w.id
      union all
      select ${columns}, false from roaming_authorizations a where a.tenant = ${tenant} and a.command = w.command
      union all
      select ${columns}, true from reservations r join roaming_authorizations a on a.tenant = r.tenant and a.command = r.command
        where r.tenant = ${tenant} and r.session = w.id
      union all
      select ${columns}, false from roaming_authorizations a
        where a.tenant = ${tenant} and a.key = w.key and a.session is null and a.command is null
          and (a.identity is null or lower(a.identity) = lower(w.identity))
          and a.at >= at_ms(w.from_ms) and a.at <= coalesce(at_ms(w.until_ms), 'infinity')
    ) x order by w.id, x.at desc, x.serial desc`
  return Map.groupBy(rows, ({ of }) => of)
}

const methodOf = (words: readonly WordRow[]): Pick<Roaming, 'authMethod' | 'authorizationReference'> => ({
  authMethod: words.find(({ reserves }) => !reserves)?.method ?? 'WHITELIST',
  ...present({ authorizationReference: words.find(({ reference }) => reference !== null)?.reference ?? null }),
})

const driverSaid = (
  [last]: readonly WordRow[],
  token: TokenRow | undefined,
): Pick<Presented, 'partner' | 'driver'> | undefined =>
  last && {
    partner: last.partner,
    driver: {
      code: { country: last.country_code, party: last.party_id },
      uid: last.uid,
      type: last.type ?? token?.type ?? 'OTHER',
      contract: last.contract ?? token?.contract ?? notAvailable,
    },
  }

/** As partners have been told already. */
const publishedOf = async (
  tx: Transaction | Sql,
  tenant: string,
  sessions: readonly Charging[],
): Promise<ReadonlyMap<string, Pick<Presented, 'partner' | 'driver'>>> => {
  const rows = await tx<{ source: string; partner: string; token: CdrToken }[]>`
    select o.source, o.partner, o.body -> 'cdr_token' as token from roaming_objects o
    where o.tenant = ${tenant} and o.module = 'sessions' and o.source = any(${sessions.map(({ id }) => id)}::text[]) and o.partner is not null`
  return new Map(
    rows.map(
      ({ source, partner, token: { country_code: country, party_id: party, uid, type, contract_id: contract } }) => [
        source,
        { partner, driver: { code: { country, party }, uid, type: typeOfPartner(type) ?? 'OTHER', contract } },
      ],
    ),
  )
}

interface TokenRow {
  readonly of: string
  readonly issuer: string
  readonly uid: string
  readonly type: TokenType
  readonly contract: string | null
}

/** What was presented, as our list has it: the one that stations were answered with. */
const tokensOf = async (
  tx: Transaction | Sql,
  tenant: string,
  sessions: readonly Charging[],
): Promise<ReadonlyMap<string, TokenRow>> => {
  const rows = await tx<TokenRow[]>`select distinct on (w.id) w.id as of, t.issuer, t.uid, t.type, t.contract
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ token }) => (token === undefined ? null : tokenKey(token)))}::text[]) as w(id, key)
    join tokens t on t.tenant = ${tenant} and lower(t.uid) = w.key
    order by w.id, t.issuer, t.type`
  return new Map(rows.map((row) => [row.of, row]))
}

interface Emp {
  readonly code?: PartyCode
  readonly contract: string
  readonly evcoId?: string
}

/** The EMPs of the contracts that sessions are charged to, in the order of the sessions. */
const empsOf = async (
  tx: Transaction | Sql,
  tenant: string,
  sessions: readonly Charging[],
): Promise<readonly (Emp | undefined)[]> => {
  const contracts = await contractsOf(
    tx,
    tenant,
    sessions.map(({ token, startedAt = 0, authorization }) => ({
      at: startedAt,
      ...present({ named: authorization?.contract ?? null, uid: token ?? null }),
    })),
  )
  const ids = contracts.flatMap((contract) => contract?.emp ?? [])
  const parties =
    ids.length === 0
      ? []
      : await tx<{ id: string; country: string; party: string }[]>`select id, country_code as country, party_id as party
        from parties where tenant = ${tenant} and id = any(${ids}::text[]) and country_code is not null`
  const codes = new Map(parties.map(({ id, country, party }) => [id, { country, party }]))
  return contracts.map((contract) => {
    if (contract === undefined) return undefined
    const { id, emp, evcoId } = contract
    return { contract: evcoId ?? id, ...present({ code: codes.get(emp) ?? codeIn(emp), evcoId: evcoId ?? null }) }
  })
}

/** Issuers and EMPs may be written as codes: `DE*ABC`, `DEABC`. */
const codeIn = (text: string): PartyCode | null => {
  const key = partyKey(text)
  return key === undefined ? null : { country: key.slice(0, 2), party: key.slice(2) }
}

const partyOfEvco = (text: string | undefined): PartyCode | null => {
  const id = text === undefined ? undefined : parseEvcoId(text)
  return id === undefined || 'fault' in id ? null : { country: id.country, party: id.provider }
}

const driverHere = (
  { token: presented, authorization }: Charging,
  token: TokenRow | undefined,
  emp: Emp | undefined,
): Driver | undefined => {
  if (presented === undefined) return undefined
  const contract = token?.contract ?? emp?.contract ?? authorization?.contract
  const code =
    codeIn(token?.issuer ?? '') ??
    emp?.code ??
    partyOfEvco(emp?.evcoId) ??
    partyOfEvco(authorization?.contract) ??
    partyOfEvco(token?.contract ?? undefined) ??
    partyOfEvco(presented)
  if (code === null) return undefined
  const isEvco = partyOfEvco(presented) !== null
  return {
    code,
    uid: token?.uid ?? presented,
    type: token?.type ?? (isEvco ? 'EVCO' : 'OTHER'),
    contract: contract ?? (isEvco ? presented : notAvailable),
  }
}
