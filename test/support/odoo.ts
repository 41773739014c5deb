import type { GivenAnswer, HeardRequest } from './http-receiver.ts'
import { type HttpReceiver, startHttpReceiver } from './http-receiver.ts'

type Values = Readonly<Record<string, unknown>>

interface Line {
  readonly net: number
  readonly taxes: readonly number[]
}

/** An invoice as this Odoo keeps it. */
export interface KeptMove extends Values {
  readonly id: number
  readonly state: 'draft' | 'posted'
  readonly name: string
  readonly amount_total: number
}

export interface Odoo extends HttpReceiver {
  readonly moves: () => readonly KeptMove[]
  /** From now on nothing is created, or nothing is posted, and why. */
  readonly refuse: (reason: string, method?: string) => void
  /** Called methods, as `account.move/create`. */
  readonly called: readonly string[]
}

interface Options {
  readonly apiKey: string
  readonly database?: string
  /** Taxes by their number: per cent. */
  readonly taxes: Readonly<Record<number, number>>
  readonly partners?: readonly { readonly id: number; readonly ref?: string; readonly vat?: string }[]
  /** Tax of each line is rounded by itself, or of all of a tax together. */
  readonly rounds?: 'perLine' | 'globally'
  /** The method that goes wrong next. */
  readonly goesWrong?: string
}

/** Fields of models, and arguments of methods, that this Odoo knows; whatever else is asked of it is refused. */
const fields: Readonly<Record<string, readonly string[]>> = {
  'account.move': [
    'id',
    'name',
    'state',
    'amount_total',
    'move_type',
    'partner_id',
    'ref',
    'invoice_origin',
    'invoice_date',
    'invoice_date_due',
    'currency_id',
    'company_id',
    'journal_id',
    'reversed_entry_id',
    'narration',
    'invoice_line_ids',
  ],
  'account.move.line': ['name', 'quantity', 'price_unit', 'tax_ids', 'account_id'],
  'res.partner': ['id', 'ref', 'vat', 'parent_id'],
  'res.currency': ['id', 'name'],
}
const methods: Readonly<Record<string, readonly string[]>> = {
  search_read: ['domain', 'fields', 'offset', 'limit', 'order'],
  create: ['vals_list'],
  write: ['ids', 'vals'],
  action_post: ['ids'],
  unlink: ['ids'],
}
const currencies = [
  { id: 1, name: 'EUR', digits: 2 },
  { id: 2, name: 'JPY', digits: 0 },
]

class OdooError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const user = (message: string): OdooError => new OdooError(422, message)
const rounded = (amount: number, digits: number): number => Math.round(amount * 10 ** digits + 1e-9) / 10 ** digits

/** A server that looks like Odoo 19 as far as customer invoices go: strict about models, methods, arguments, fields and records. */
export const startOdoo = async (options: Options): Promise<Odoo> => {
  const { apiKey, database, taxes, partners = [{ id: 7 }], rounds = 'perLine', goesWrong = 'create' } = options
  const kept = new Map<number, { values: Values; lines: readonly Line[]; state: 'draft' | 'posted'; name: string }>()
  const refusals = new Map<string, string>()
  const called: string[] = []
  let serial = 100

  const known = (model: string, names: readonly string[]): void => {
    const strange = names.find((name) => !(fields[model] ?? []).includes(name))
    if (strange !== undefined) throw user(`Invalid field '${strange}' on model '${model}'`)
  }

  const linesOf = (commands: unknown): readonly Line[] =>
    (commands as readonly (readonly [number, number, Values])[]).map(([command, virtual, values]) => {
      if (command !== 0 || virtual !== 0) throw user('only records that are added')
      known('account.move.line', Object.keys(values))
      const { quantity, price_unit: price, tax_ids: given, name } = values
      const [[six, zero, ids] = []] = given as readonly (readonly [number, number, readonly number[]])[]
      if (six !== 6 || zero !== 0 || ids?.some((id) => taxes[id] === undefined)) throw user('no such tax')
      if (typeof name !== 'string' || typeof price !== 'number' || typeof quantity !== 'number')
        throw user('a bad line')
      return { net: price * quantity, taxes: ids ?? [] }
    })

  const totalOf = ({ values, lines }: { values: Values; lines: readonly Line[] }): number => {
    const digits = currencies.find(({ id }) => id === values['currency_id'])?.digits ?? 2
    const nets = lines.map(({ net }) => rounded(net, digits))
    const taxed = new Map<number, number>()
    for (const [i, { taxes: ids }] of lines.entries())
      for (const id of ids) {
        const tax = ((nets[i] ?? 0) * (taxes[id] ?? 0)) / 100
        taxed.set(id, (taxed.get(id) ?? 0) + (rounds === 'perLine' ? rounded(tax, digits) : tax))
      }
    const sum = nets.reduce((all, net) => all + net, 0)
    return rounded(
      [...taxed.values()].reduce((all, tax) => all + rounded(tax, digits), sum),
      digits,
    )
  }

  const moves = (): readonly KeptMove[] =>
    [...kept].map(([id, move]) => ({
      ...move.values,
      id,
      state: move.state,
      name: move.name,
      amount_total: totalOf(move),
    }))

  const one = (ids: unknown) => {
    const [id = 0] = ids as readonly number[]
    const move = kept.get(id)
    if (move === undefined) throw new OdooError(404, `Record does not exist or has been deleted: account.move(${id},)`)
    return { id, move }
  }

  const tables: Readonly<Record<string, () => readonly Values[]>> = {
    'account.move': moves,
    'res.partner': () => partners.map((partner) => ({ ref: false, vat: false, parent_id: false, ...partner })),
    'res.currency': () => currencies,
  }

  const search = (model: string, { domain, fields: wanted, limit }: Values): unknown => {
    const conditions = domain as readonly (readonly [string, string, unknown])[]
    known(model, [...conditions.map(([field]) => field), ...(wanted as readonly string[])])
    const holds =
      (record: Values) =>
      ([field, operator, value]: readonly [string, string, unknown]) =>
        operator === '='
          ? record[field] === value
          : operator === 'in' && (value as readonly unknown[]).includes(record[field])
    const found = (tables[model]?.() ?? []).filter((record) => conditions.every(holds(record)))
    return found
      .slice(0, Number(limit))
      .map((record) => Object.fromEntries(['id', ...(wanted as readonly string[])].map((name) => [name, record[name]])))
  }

  const create = ({ vals_list: list }: Values): unknown =>
    (list as readonly Values[]).map(({ invoice_line_ids: commands, ...values }) => {
      known('account.move', Object.keys(values))
      if (!partners.some(({ id }) => id === values['partner_id'])) throw user('Missing required account on partner')
      const id = ++serial
      kept.set(id, { values, lines: linesOf(commands), state: 'draft', name: '/' })
      return id
    })

  const write = ({ ids, vals }: Values): unknown => {
    const { id, move } = one(ids)
    const { invoice_line_ids: commands, ...values } = vals as Values
    known('account.move', Object.keys(values))
    if (move.state !== 'draft') throw user('You cannot modify a posted entry')
    kept.set(id, { ...move, values: { ...move.values, ...values }, lines: [...move.lines, ...linesOf(commands)] })
    return true
  }

  const post = ({ ids }: Values): unknown => {
    const { id, move } = one(ids)
    if (move.state === 'posted') throw user('The entry is already posted')
    kept.set(id, { ...move, state: 'posted', name: `INV/2026/${String(id).padStart(5, '0')}` })
    return false
  }

  const unlink = ({ ids }: Values): unknown => {
    const { id, move } = one(ids)
    if (move.state === 'posted') throw user('You cannot delete a posted entry')
    return kept.delete(id)
  }

  const perform = ({ path, headers, body, method: verb }: HeardRequest): unknown => {
    if (headers['authorization'] !== `bearer ${apiKey}`) throw new OdooError(401, 'Invalid apikey')
    if (headers['x-odoo-database'] !== database) throw new OdooError(404, 'no such database')
    const [, model = '', method = ''] = /^\/json\/2\/([a-z.]+)\/([a-z_]+)$/.exec(path) ?? []
    if (verb !== 'POST' || fields[model] === undefined) throw new OdooError(404, `the model '${model}' does not exist`)
    if (methods[method] === undefined) throw new OdooError(404, `the method '${model}.${method}' does not exist`)
    called.push(`${model}/${method}`)
    const given = JSON.parse(body.toString('utf8')) as Values
    const strange = Object.keys(given).find((name) => !methods[method]?.includes(name))
    if (strange !== undefined) throw user(`got an unexpected keyword argument '${strange}'`)
    if (method === 'search_read') return search(model, given)
    if (model !== 'account.move') throw new OdooError(403, `You are not allowed to change ${model}`)
    const refusal = refusals.get(method)
    if (refusal !== undefined) throw user(refusal)
    const changes: Readonly<Record<string, (given: Values) => unknown>> = { create, write, action_post: post, unlink }
    return changes[method]?.(given)
  }

  const answer = (request: HeardRequest): GivenAnswer => {
    try {
      return { status: 200, body: JSON.stringify(perform(request)) }
    } catch (error) {
      if (!(error instanceof OdooError)) throw error
      const said = {
        name: 'odoo.exceptions.UserError',
        message: error.message,
        arguments: [error.message],
        context: {},
      }
      return { status: error.status, body: JSON.stringify(said) }
    }
  }

  const receiver = await startHttpReceiver({ answer, brings: ({ path }) => path.endsWith(`/${goesWrong}`) })
  return { ...receiver, moves, called, refuse: (reason, method = 'create') => void refusals.set(method, reason) }
}
