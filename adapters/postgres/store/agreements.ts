import {
  type AgreementFault,
  type AgreementKind,
  overlapFault,
  settledFault,
} from '../../../core/settlement/agreement.ts'
import type { ResaleContract, RoamingPrice, SiteContract } from '../../../core/settlement/terms.ts'
import type { Agreements, AgreementStore } from '../../../core/ports/agreements.ts'
import type { Act } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, isSame, refusal, tellOf } from '../market.ts'
import { settledMonth } from '../settled-month.ts'
import { asTenant } from '../tenant.ts'
import type { Agreement, AgreementRules } from './agreement-rules.ts'
import { contractGaps } from './contract-gaps.ts'
import { keyOfCursor, pageOf } from './paging.ts'
import { resaleRules } from './resale-contracts.ts'
import { retailStore } from './retail-prices.ts'
import { roamingPriceRules } from './roaming-prices.ts'
import { siteContractRules } from './site-contracts.ts'

export const agreementStores = (app: Sql): Agreements => ({
  site: { ...agreementStore<SiteContract>(app, siteContractRules), gaps: contractGaps(app) },
  resale: agreementStore<ResaleContract>(app, resaleRules),
  roaming: agreementStore<RoamingPrice>(app, roamingPriceRules),
  retail: retailStore(app),
})

const agreementStore = <Item extends Agreement>(app: Sql, rules: AgreementRules<Item>): AgreementStore<Item> => ({
  put: (tenant, item, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await find<Item>(tx, rules.kind, tenant, item.id)
      if (before !== undefined && before.id !== item.id)
        return refusal('/id', `there is ${before.id}, which differs by case alone`)
      if (before !== undefined && isSame(item, before)) return { item: before, isNew: false }
      const fault = await faultOf(tx, tenant, { rules, before, after: item })
      if (fault !== undefined) return refusal(fault.pointer, fault.detail)
      await write(tx, tenant, { rules, item, at: act.at })
      await tell(tx, tenant, { rules, before, after: item }, act)
      return { item, isNew: before === undefined }
    }),

  find: (tenant, id) => asTenant(app, tenant, (tx) => find<Item>(tx, rules.kind, tenant, id)),

  list: (tenant, { party = null, site = null, on = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<{ key: string; content: Item }[]>`select a.key, a.content from agreements a
        where a.tenant = ${tenant} and a.kind = ${rules.kind} and a.key > ${after}
          and (${party}::text is null or a.parties @> array[${party}::text])
          and (${site}::text is null or a.subject = 'site/' || ${site}::text
            or a.subject in (select 'station/' || c.id from charging_stations c where c.tenant = ${tenant} and c.site = ${site}::text))
          and (${on}::text is null or a.from_day <= ${on}::text::date and ${on}::text::date < a.until_day)
        order by a.key limit ${page.limit + 1}`
      return pageOf(
        rows,
        page,
        ({ key }) => [key],
        ({ content }) => content,
      )
    }),

  remove: (tenant, id, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await find<Item>(tx, rules.kind, tenant, id)
      if (before === undefined) return 'missing'
      const fault = rules.isSettled
        ? settledFault({ id: before.id, before, isOther: true }, await settledMonth(tx, tenant))
        : undefined
      if (fault !== undefined) return { neededBy: fault.detail }
      await tx`delete from agreements where tenant = ${tenant} and kind = ${rules.kind} and key = lower(${id})`
      await tell(tx, tenant, { rules, before }, act)
      return 'removed'
    }),
})

const find = async <Item>(
  tx: Transaction,
  kind: AgreementKind,
  tenant: string,
  id: string,
): Promise<Item | undefined> => {
  const [row] = await tx<{ content: Item }[]>`select content from agreements
    where tenant = ${tenant} and kind = ${kind} and key = lower(${id})`
  return row?.content
}

interface Change<Item extends Agreement> {
  readonly rules: AgreementRules<Item>
  readonly before?: Item | undefined
  readonly after?: Item
}

const faultOf = async <Item extends Agreement>(
  tx: Transaction,
  tenant: string,
  { rules, before, after }: Required<Change<Item>>,
): Promise<AgreementFault | undefined> => {
  const fault = await rules.fault(tx, tenant, after)
  if (fault !== undefined) return fault
  const others = await tx<{ content: Item }[]>`select content from agreements
    where tenant = ${tenant} and kind = ${rules.kind} and subject = ${rules.subject(after)} and key <> lower(${after.id})
      and daterange(from_day, until_day) && daterange(${after.from}::text::date, ${after.until ?? 'infinity'}::text::date) order by from_day`
  const overlap = overlapFault(
    after,
    others.map(({ content }) => content),
  )
  if (overlap !== undefined || !rules.isSettled) return overlap
  const isOther = before !== undefined && !isSame({ ...after, until: '' }, { ...before, until: '' })
  return settledFault(
    { id: after.id, ...(before !== undefined && { before }), after, isOther },
    await settledMonth(tx, tenant),
  )
}

const write = <Item extends Agreement>(
  tx: Transaction,
  tenant: string,
  { rules, item, at }: { readonly rules: AgreementRules<Item>; readonly item: Item; readonly at: number },
): PromiseLike<unknown> =>
  tx`insert into agreements (tenant, kind, id, subject, parties, from_day, until_day, content, created_at, changed_at)
    values (${tenant}, ${rules.kind}, ${item.id}, ${rules.subject(item)}, ${[...rules.parties(item)]}::text[], ${item.from}::text::date,
      ${item.until ?? 'infinity'}::text::date, ${JSON.stringify(item)}::text::jsonb, at_ms(${at}), at_ms(${at}))
    on conflict (tenant, kind, key) do update set subject = excluded.subject, parties = excluded.parties, from_day = excluded.from_day,
      until_day = excluded.until_day, content = excluded.content, changed_at = excluded.changed_at`

const tell = async <Item extends Agreement>(
  tx: Transaction,
  tenant: string,
  { rules, before, after }: Change<Item>,
  act: Act,
): Promise<void> => {
  const { id = '' } = after ?? before ?? {}
  await rules.changed?.(tx, tenant, act)
  await tellOf(
    tx,
    {
      tenant,
      event: {
        type: 'agreement.changed',
        subject: id,
        data: { agreement: id, kind: rules.kind, removed: after === undefined },
      },
      audit: { action: after === undefined ? 'agreement.removed' : 'agreement.changed', subject: id, before, after },
    },
    act,
  )
}
