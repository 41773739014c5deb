import { describe, expect, it } from 'vitest'
import { actions } from '../../core/ocpp/actions/index.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import type { Leniency } from '../../core/ocpp/schema.ts'
import { settled } from '../support/clock.ts'
import { type Keyword, keywords, type Mutant, mutantsOf } from '../support/mutants.ts'
import { complaints, maximal, minimal, random, type Schema, schemaNames, schemaOf } from '../support/payloads.ts'
import { testWorker } from '../support/worker.ts'

const { asks, tells } = actionsOf('ocpp1.6')

/** Whether an action's untidiness is borne, and how much of it, is declared with the action. */
const leniencyOf = (action: string): Leniency => {
  const dialect = actions[action]?.['ocpp1.6']?.find(({ direction }) => direction === 'ask')
  return dialect?.direction === 'ask' ? dialect.leniency : 'strict'
}

const refused = (code: string): Readonly<Record<Leniency, string>> => ({ strict: code, texts: code, billing: code })
const value = 'PropertyConstraintViolation'

/** Handbook §6.5 d for OCPP 1.6, and BI-27 for numbers; `taken`: answered with a CALLRESULT all the same. */
const table: Readonly<Record<Keyword, Readonly<Record<Leniency, string>>>> = {
  required: refused('ProtocolError'),
  type: refused('TypeConstraintViolation'),
  enum: { strict: value, texts: value, billing: 'taken' },
  maxLength: { strict: value, texts: 'taken', billing: 'taken' },
  format: { strict: value, texts: value, billing: 'taken' },
  additionalProperties: { strict: 'taken', texts: 'taken', billing: 'taken' },
  minItems: refused('OccurenceConstraintViolation'),
  maxItems: refused('OccurenceConstraintViolation'),
  minimum: refused(value),
  maximum: refused(value),
  multipleOf: refused(value),
}

/** What must come of a mutant: its code, and of billing also where its bytes are (INV-04, INV-05). */
const due = (action: string, { keyword, what }: Mutant): string => {
  const leniency = leniencyOf(action)
  // stations make ids up, up to 2^63−1 (handbook/ocpp.md §9.3); refused, their sessions would never end
  if (leniency === 'billing' && /^\/transactionId: -?\d+$/.test(what)) return 'taken, stored and flagged'
  const said = what.startsWith(': ') && keyword === 'type' ? dueOfRoot(action, what) : table[keyword][leniency]
  if (said !== 'taken') return leniency === 'billing' ? `${said}, quarantined` : said
  return leniency === 'billing' ? 'taken, stored and flagged' : 'taken'
}

/** A payload that is no object at all is the frame's fault (BI-33); null stands for an empty one. */
const dueOfRoot = (action: string, what: string): string => {
  if (what !== ': null') return 'FormationViolation'
  return (schemaOf(`${action}Request`).required ?? []).length > 0 ? 'ProtocolError' : 'taken'
}

/** What came of it: the answer on the wire, and of billing what the ledger holds. */
const came = async (action: string, text: string): Promise<string> => {
  const { connect, memory } = testWorker()
  const frame = `[2,"a","${action}",${text}]`
  const answers = await connect().asks(frame)
  const said = answers.map((answer) => saidBy(action, answer)).join(' and ')
  if (leniencyOf(action) !== 'billing') return said
  const stored = [...memory.facts.values()].find(({ fact }) => fact.wire === frame)
  if (stored !== undefined) return `${said}, stored${stored.fact.flags.length > 0 ? ' and flagged' : ''}`
  return memory.quarantine.some(({ wire }) => wire === frame) ? `${said}, quarantined` : said
}

const saidBy = (action: string, answer: unknown): string => {
  const [type, id, second] = answer as readonly unknown[]
  if (id !== 'a') return `an answer to ${String(id)}`
  return type === 3 ? ['taken', ...complaints(`${action}Response`, second)].join(' ') : String(second)
}

const mutants = asks.flatMap((action) => {
  const schema = schemaOf(`${action}Request`)
  const all = mutantsOf(schema, maximal(schema))
  return keywords
    .map((keyword) => ({ action, keyword, some: all.filter((mutant) => mutant.keyword === keyword) }))
    .filter(({ some }) => some.length > 0)
})

describe('payloads of every action that stations send, one keyword of its schema broken (handbook §6.5 d)', () => {
  it('INV-04: the messages that are money bear the most', () => {
    for (const action of ['StartTransaction', 'StopTransaction', 'MeterValues'])
      expect([action, leniencyOf(action)]).toEqual([action, 'billing'])
  })

  it.each(mutants)('$action: $keyword', async ({ action, some }) => {
    const cameOf = await Promise.all(some.map(async (mutant) => [mutant.what, await came(action, mutant.text)]))
    expect(Object.fromEntries(cameOf)).toEqual(
      Object.fromEntries(some.map((mutant) => [mutant.what, due(action, mutant)])),
    )
  })

  it.each(asks)('%s: the payload that is broken here is whole, and nothing is flagged', async (action) => {
    const isMoney = leniencyOf(action) === 'billing'
    expect(await came(action, JSON.stringify(maximal(schemaOf(`${action}Request`))))).toBe(
      isMoney ? 'taken, stored' : 'taken',
    )
  })
})

/** The least, and any: of the greatest the mutants are made. */
const validOf = (schema: Schema): readonly unknown[] => [
  minimal(schema),
  ...Array.from({ length: 60 }, (_, seed) => random(schema, seed)),
]

describe('payloads made from the schemas', () => {
  it('are valid, all of them by their own schema', () => {
    const wrong = schemaNames.flatMap((name) =>
      [maximal(schemaOf(name)), ...validOf(schemaOf(name))].flatMap((payload) =>
        complaints(name, payload).map((complaint) => `${name}: ${complaint}`),
      ),
    )
    expect([schemaNames.length, wrong]).toEqual([78, []])
  })

  it('are broken by every mutant', () => {
    const whole = schemaNames.flatMap((name) =>
      mutantsOf(schemaOf(name), maximal(schemaOf(name)))
        .filter(({ text }) => complaints(name, JSON.parse(text)).length === 0)
        .map(({ what, text }) => `${name} ${what} ${text.slice(0, 200)}`),
    )
    expect(whole).toEqual([])
  })

  it.each(asks)('INV-04: %s: get an answer that is valid', async (action) => {
    // what they mean may be flagged: a register below zero is valid
    const isTaken = leniencyOf(action) === 'billing' ? /^taken, stored/ : /^taken$/
    const cameOf = await Promise.all(
      validOf(schemaOf(`${action}Request`)).map(
        async (payload) => [payload, await came(action, JSON.stringify(payload))] as const,
      ),
    )
    expect(cameOf.filter(([, what]) => !isTaken.test(what))).toEqual([])
  })
})

/** CALLs of ours to one station, each answered with one of these payloads: which of them were taken for an answer. */
const taken = async (action: string, answers: readonly string[]): Promise<readonly unknown[]> => {
  const { worker, connect, clock } = testWorker()
  const station = connect()
  const all: unknown[] = []
  for (const answer of answers) {
    const request = random(schemaOf(`${action}Request`), all.length)
    const outcome = worker.caller.call(station.link, action, request, clock.now() + 1_000)
    await settled()
    const [type, id, name, payload] = JSON.parse(station.said.at(-1) ?? '[]') as readonly unknown[]
    expect([type, name, payload]).toEqual([2, action, request])
    station.says(`[3,"${String(id)}",${answer}]`)
    const told = await outcome
    all.push(told.type === 'result' ? told.valid : told.type)
  }
  return all
}

describe('answers to every action that we send', () => {
  it.each(tells)('%s: whatever is valid is taken', async (action) => {
    const answers = validOf(schemaOf(`${action}Response`)).map((payload) => JSON.stringify(payload))
    expect(await taken(action, answers)).toEqual(answers.map(() => true))
  })

  it.each(tells)('D-12: %s: with one keyword of its schema broken only what is cosmetic is taken', async (action) => {
    const schema = schemaOf(`${action}Response`)
    const all = mutantsOf(schema, maximal(schema))
    const were = await taken(
      action,
      all.map(({ text }) => text),
    )
    expect(Object.fromEntries(all.map(({ what }, i) => [what, were[i]]))).toEqual(
      Object.fromEntries(all.map((mutant) => [mutant.what, isCosmetic(mutant, schema)])),
    )
  })

  it('BI-25: and after all that an object is what it was', () => {
    expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined()
  })
})

/** Extra fields and long texts; null stands for an empty answer, as OCPP-J 1.6 §4.2.2 has it. */
const isCosmetic = ({ keyword, what }: Mutant, { required = [] }: Schema): boolean =>
  keyword === 'additionalProperties' || keyword === 'maxLength' || (what === ': null' && required.length === 0)
