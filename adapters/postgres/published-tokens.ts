import { tokenKey } from '../../core/domain/token.ts'
import { type OwnToken, ownTokenObject, ownTokenTurns } from '../../core/roaming/own-token.ts'
import { typeForPartners } from '../../core/roaming/token-type.ts'
import { tokenId } from '../../core/roaming/told-token.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { Transaction } from './connect.ts'
import { ownTokensOf } from './own-tokens.ts'
import type { Dirtied, Draft, PublishedSource, Reading } from './published-source.ts'

/**
 * Tokens of contracts with our own EMPs, for the CPOs where they are used. A key is what is presented (`tokenKey`). Names of
 * contracts are asked about, and never told of (OCPI 2.3.0 mod_tokens, EMAID).
 */
export const tokensSource: PublishedSource = {
  module: 'tokens',
  hears: ['token.changed', 'party.changed'],

  async dirtied(tx, events) {
    const tokens = events.filter(({ type }) => type === 'token.changed')
    // partners tell us of many tokens: these are none of ours
    const rows = await tx<{ tenant: string; key: string }[]>`select distinct w.tenant, w.key
      from unnest(${tokens.map(({ tenant }) => tenant)}::text[], ${tokens.map(({ subject }) => tokenKey(subject))}::text[]) as w(tenant, key)
      where exists (select 1 from contract_tokens ct where ct.tenant = w.tenant and ct.key = w.key)
        or not exists (select 1 from tokens t where t.tenant = w.tenant and t.key = w.key and t.partner is not null)`
    const parties = new Set(events.filter(({ type }) => type === 'party.changed').map(({ tenant }) => tenant))
    return [...rows, ...[...parties].map((tenant): Dirtied => ({ tenant, everything: true }))]
  },

  async keysAfter(tx, tenant, after, limit) {
    const rows = await tx<{ key: string }[]>`select distinct ct.key from contract_tokens ct
      where ct.tenant = ${tenant} and ct.key > ${after} and ct.issuer = '' and not ct.is_name order by ct.key limit ${limit}`
    return rows.map(({ key }) => key)
  },

  async read(tx: Transaction, tenant: string, keys: readonly string[], now: number) {
    const found = await ownTokensOf(tx, tenant, keys, { names: false })
    return new Map([...found].map(([key, tokens]) => [key, readingOf(tokens, now)]))
  },

  // they are never deleted: whoever has it must hear that it is no more
  gone: (had: Json) => ({ ...had, valid: false }),
}

const readingOf = (tokens: readonly OwnToken[], now: number): Reading => {
  const made = tokens.map((own) => ({ own, made: ownTokenObject(own, now) }))
  const drafts = made.flatMap(({ own: { token, code }, made: one }): readonly Draft[] => {
    if ('impossible' in one) return []
    const id = tokenId(token.uid, typeForPartners(token.type))
    return [{ owner: code, id, body: one.object as Json & typeof one.object }]
  })
  const remarks = made.flatMap(({ own: { token }, made: one }) =>
    'impossible' in one ? [] : one.losses.map(({ pointer, detail }) => `${token.type}${pointer}: ${detail}`),
  )
  const turns = tokens.map((own) => ownTokenTurns(own, now)).filter((at) => at !== undefined)
  return {
    drafts,
    ...(remarks.length > 0 && { remarks }),
    ...(turns.length > 0 && { again: Math.min(...turns) }),
  }
}
