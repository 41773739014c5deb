import type { Tenure, TenureKind } from '../../core/domain/tenure.ts'
import { present } from './rows.ts'

export interface TenureRow {
  readonly role: Tenure['role']
  readonly party: string
  readonly from: string | null
  readonly until: string | null
}

export const tenureOf = ({ role, party, from, until }: TenureRow): Tenure => ({
  role,
  party,
  ...present({ from, until }),
})

/** `r` is the table; no first or last day is null. */
export const tenureColumns = `r.role, r.party, to_char(nullif(r.from_day, '-infinity'), 'YYYY-MM-DD') as from, to_char(nullif(r.until_day, 'infinity'), 'YYYY-MM-DD') as until`

/** A column with all tenures of the subject that this expression names, role by role, the earliest first; null = none. */
export const tenuresOf = (kind: TenureKind, tenant: string, subject: string): string =>
  `(select json_agg(t) from (select ${tenureColumns} from market_roles r
    where r.tenant = ${tenant} and r.kind = '${kind}' and r.subject = ${subject} order by r.role, r.from_day) t)`
