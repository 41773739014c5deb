import { ask, type Door, type Listed } from '../roaming/door.ts'

/** Who got what of one session, out of the statements of everybody in its operator's books. */

export interface Share {
  /** As statements name it: `siteOwner:owner-s`. */
  readonly party: string
  readonly name: string | null
  /** In cents; above nothing: it pays. */
  readonly cents: number
  /** `share 1.45, tax 0.28` */
  readonly what: string
}

interface Account {
  readonly party: string
  readonly name: string | null
}

export interface Statement extends Account {
  readonly month: string
  readonly state: string
  readonly currencies: readonly { readonly currency: string; readonly total: string; readonly closing: string }[]
  readonly items: readonly {
    readonly source: { readonly kind: string; readonly key: string }
    readonly purpose: string
    readonly amount: string
  }[]
  readonly next: string | null
}

export const centsOf = (amount: string): number => Math.round(Number(amount) * 100)
export const euros = (cents: number): string => (cents / 100).toFixed(2)

/** Every posting of a party in a month. */
export const statementOf = async (door: Door, month: string, party: string): Promise<Statement> => {
  const at = `settlement/${month}/parties/${encodeURIComponent(party)}?limit=200`
  let page = await ask<Statement>(door, 'GET', at)
  const items = [...page.items]
  while (page.next !== null) {
    page = await ask<Statement>(door, 'GET', `${at}&cursor=${encodeURIComponent(page.next)}`)
    items.push(...page.items)
  }
  return { ...page, items }
}

/** Of one document, by its number; whoever has nothing of it is left out. */
export const sharesOf = async (door: Door, month: string, document: number): Promise<readonly Share[]> => {
  const { items: accounts } = await ask<Listed<Account>>(door, 'GET', `settlement/${month}/parties`)
  const shares: Share[] = []
  for (const { party, name } of accounts) {
    const { items } = await statementOf(door, month, party)
    const own = items.filter(({ source }) => source.kind === 'document' && source.key === String(document))
    if (own.length === 0) continue
    const cents = own.reduce((sum, { amount }) => sum + centsOf(amount), 0)
    const what = own.map(({ purpose, amount }) => `${purpose} ${euros(-centsOf(amount))}`).join(', ')
    shares.push({ party, name, cents, what })
  }
  return shares
}

/** The accounts of whose books they are. */
const own: Readonly<Record<string, string>> = { operator: 'CPO A, what it keeps', tax: 'the state, tax' }

/** As lines of one width: what was paid, who got it, and what is left over. */
export const shareTable = (shares: readonly Share[]): readonly string[] => {
  const nameOf = ({ party, name }: Share): string => name ?? own[party] ?? party
  const paid = shares.filter(({ cents }) => cents > 0)
  const got = shares.filter(({ cents }) => cents <= 0)
  const rest = shares.reduce((sum, { cents }) => sum + cents, 0)
  const width = Math.max('left over'.length, ...shares.map((share) => nameOf(share).length))
  const line = (name: string, cents: number, what = ''): string =>
    `  ${name.padEnd(width)} ${euros(cents).padStart(8)} EUR${what === '' ? '' : `   ${what}`}`
  return [
    ...paid.map((share) => line(nameOf(share), share.cents, 'pays')),
    ...got.map((share) => line(nameOf(share), -share.cents, share.what)),
    line('left over', rest),
  ]
}
