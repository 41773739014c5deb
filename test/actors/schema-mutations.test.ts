import { describe, expect, it } from 'vitest'
import { actions } from '../../core/ocpp/actions/index.ts'
import type { AskDialect } from '../../core/ocpp/dialect.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import type { Leniency } from '../../core/ocpp/schema.ts'
import { type Protocol, protocols } from '../../core/ocpp/version.ts'
import { settled } from '../support/clock.ts'
import { type Keyword, keywords, type Mutant, mutantsOf } from '../support/mutants.ts'
import { complaints, maximal, minimal, random, type Schema, schemaNamesOf, schemaOf } from '../support/payloads.ts'
import { testWorker } from '../support/worker.ts'

/** As much of everything as one frame bears. */
const large = (schema: Schema): unknown => maximal(schema, 2, 1_000)

const dialectOf = (protocol: Protocol, action: string): AskDialect | undefined => {
  const found = actions[action]?.[protocol]?.find(({ direction }) => direction === 'ask')
  return found?.direction === 'ask' ? found : undefined
}

/** What a SEND says is never answered (BI-39b): it has no code to be held to. */
const asksOf = (protocol: Protocol): readonly string[] =>
  actionsOf(protocol).asks.filter((action) => dialectOf(protocol, action)?.isTold !== true)

/** Whether an action's untidiness is borne, and how much of it, is declared with the action. */
const leniencyOf = (protocol: Protocol, action: string): Leniency => dialectOf(protocol, action)?.leniency ?? 'strict'

const refused = (code: string): Readonly<Record<Leniency, string>> => ({ strict: code, texts: code, billing: code })
const value = 'PropertyConstraintViolation'

type Table = Readonly<Record<Keyword, Readonly<Record<Leniency, string>>>>

const tableWith = (codes: { readonly missing: string; readonly occurrence: string }): Table => ({
  required: refused(codes.missing),
  type: refused('TypeConstraintViolation'),
  enum: { strict: value, texts: value, billing: 'taken' },
  maxLength: { strict: value, texts: 'taken', billing: 'taken' },
  format: { strict: value, texts: value, billing: 'taken' },
  additionalProperties: { strict: 'taken', texts: 'taken', billing: 'taken' },
  minItems: refused(codes.occurrence),
  maxItems: refused(codes.occurrence),
  minimum: refused(value),
  maximum: refused(value),
  multipleOf: refused(value),
})

const occurrence = 'OccurrenceConstraintViolation'
const table2 = tableWith({ missing: occurrence, occurrence })

/** Handbook §6.5 d, and BI-27 for numbers; `taken`: answered with a CALLRESULT all the same. */
const tables: Readonly<Record<Protocol, Table>> = {
  'ocpp1.6': tableWith({ missing: 'ProtocolError', occurrence: 'OccurenceConstraintViolation' }),
  'ocpp2.0.1': table2,
  'ocpp2.1': table2,
}

/** What must come of a mutant: its code, and of billing also where its bytes are (INV-04, INV-05). */
const due = (protocol: Protocol, action: string, { keyword, what }: Mutant): string => {
  const leniency = leniencyOf(protocol, action)
  // stations make ids up, up to 2^63−1 (handbook/ocpp.md §9.3); refused, their sessions would never end
  if (leniency === 'billing' && /^\/transactionId: -?\d+$/.test(what)) return 'taken, stored and flagged'
  const isOfRoot = what.startsWith(': ') && keyword === 'type'
  const said = isOfRoot ? dueOfRoot(protocol, action, what) : tables[protocol][keyword][leniency]
  if (said !== 'taken') return leniency === 'billing' ? `${said}, quarantined` : said
  return leniency === 'billing' ? 'taken, stored and flagged' : 'taken'
}

/** A payload that is no object at all is the frame's fault (BI-33); null stands for an empty one, in 1.6. */
const dueOfRoot = (protocol: Protocol, action: string, what: string): string => {
  if (protocol !== 'ocpp1.6') return 'FormatViolation'
  if (what !== ': null') return 'FormationViolation'
  return (schemaOf(`${action}Request`).required ?? []).length > 0 ? 'ProtocolError' : 'taken'
}

/** Says one payload after the other, each as a station of its own: what came of it on the wire, and of billing what the ledger holds. */
const cameOf = async (protocol: Protocol, action: string, texts: readonly string[]): Promise<readonly string[]> => {
  const { connect, memory } = testWorker()
  const isMoney = leniencyOf(protocol, action) === 'billing'
  const answers: string[] = []
  for (const [i, text] of texts.entries()) {
    const said = await connect(`CP-${i}`, 'accepted', protocol).asks(`[2,"a","${action}",${text}]`)
    answers.push(said.map((answer) => saidBy(protocol, action, answer)).join(' and '))
  }
  if (!isMoney) return answers
  const stored = new Map([...memory.facts.values()].map(({ fact }) => [fact.identity, fact]))
  const aside = new Map(memory.quarantine.map((fact) => [fact.identity, fact]))
  return answers.map((said, i) => {
    const frame = `[2,"a","${action}",${texts[i]}]`
    const fact = stored.get(`CP-${i}`)
    if (fact?.wire === frame) return `${said}, stored${fact.flags.length > 0 ? ' and flagged' : ''}`
    return aside.get(`CP-${i}`)?.wire === frame ? `${said}, quarantined` : said
  })
}

const saidBy = (protocol: Protocol, action: string, answer: unknown): string => {
  const [type, id, second] = answer as readonly unknown[]
  if (id !== 'a') return `an answer to ${String(id)}`
  return type === 3 ? ['taken', ...complaints(`${action}Response`, second, protocol)].join(' ') : String(second)
}

const mutantsIn = (protocol: Protocol) =>
  asksOf(protocol).flatMap((action) => {
    const schema = schemaOf(`${action}Request`, protocol)
    const all = mutantsOf(schema, large(schema))
    return keywords
      .map((keyword) => ({ action, keyword, some: all.filter((mutant) => mutant.keyword === keyword) }))
      .filter(({ some }) => some.length > 0)
  })

/** The least, and any: of the greatest the mutants are made. */
const validOf = (schema: Schema): readonly unknown[] => [
  minimal(schema),
  ...Array.from({ length: 20 }, (_, seed) => random(schema, seed)),
]

describe.each(protocols)('payloads of every action that stations of %s send', (protocol) => {
  const asks = asksOf(protocol)

  it('INV-04: the messages that are money bear the most', () => {
    const money = protocol === 'ocpp1.6' ? ['MeterValues', 'StartTransaction', 'StopTransaction'] : ['TransactionEvent']
    const lenient = asks.filter((action) => leniencyOf(protocol, action) === 'billing')
    expect(lenient).toEqual(expect.arrayContaining(money))
  })

  it.each(mutantsIn(protocol))(
    'with one keyword of the schema broken (handbook §6.5 d): $action: $keyword',
    { timeout: 60_000 },
    async ({ action, some }) => {
      const came = await cameOf(
        protocol,
        action,
        some.map(({ text }) => text),
      )
      expect(Object.fromEntries(some.map(({ what }, i) => [what, came[i]]))).toEqual(
        Object.fromEntries(some.map((mutant) => [mutant.what, due(protocol, action, mutant)])),
      )
    },
  )

  it.each(asks)('%s: the payload that is broken here is whole, and nothing is flagged', async (action) => {
    const isMoney = leniencyOf(protocol, action) === 'billing'
    const whole = JSON.stringify(large(schemaOf(`${action}Request`, protocol)))
    expect(await cameOf(protocol, action, [whole])).toEqual([isMoney ? 'taken, stored' : 'taken'])
  })

  it.each(asks)('INV-04: %s: get an answer that is valid', { timeout: 60_000 }, async (action) => {
    // what they mean may be flagged: a register below zero is valid
    const isTaken = leniencyOf(protocol, action) === 'billing' ? /^taken, stored/ : /^taken$/
    const payloads = validOf(schemaOf(`${action}Request`, protocol)).map((payload) => JSON.stringify(payload))
    const came = await cameOf(protocol, action, payloads)
    expect(payloads.flatMap((payload, i) => (isTaken.test(came[i] ?? '') ? [] : [[payload, came[i]]]))).toEqual([])
  })
})

describe.each([
  ['ocpp1.6', 78, 1],
  ['ocpp2.0.1', 128, 10],
  ['ocpp2.1', 180, 10],
] as const)('payloads made from the schemas of %s', (protocol, count, step) => {
  const schemaNames = schemaNamesOf(protocol)

  it('are valid, all of them by their own schema', { timeout: 60_000 }, () => {
    const wrong = schemaNames.flatMap((name) =>
      [large(schemaOf(name, protocol)), ...validOf(schemaOf(name, protocol))].flatMap((payload) =>
        complaints(name, payload, protocol).map((complaint) => `${name}: ${complaint}`),
      ),
    )
    expect([schemaNames.length, wrong]).toEqual([count, []])
  })

  it(`are broken by every mutant; of ${step} one is looked at`, { timeout: 60_000 }, () => {
    const whole = schemaNames.flatMap((name) =>
      mutantsOf(schemaOf(name, protocol), large(schemaOf(name, protocol)))
        .filter((mutant, i) => i % step === 0 && complaints(name, JSON.parse(mutant.text), protocol).length === 0)
        .map(({ what, text }) => `${name} ${what} ${text.slice(0, 200)}`),
    )
    expect(whole).toEqual([])
  })
})

/** CALLs of ours to one station, each answered with one of these payloads: which of them were taken for an answer. */
const taken = async (protocol: Protocol, action: string, answers: readonly string[]): Promise<readonly unknown[]> => {
  const { worker, connect, clock } = testWorker()
  const station = connect('CP-1', 'accepted', protocol)
  const all: unknown[] = []
  for (const answer of answers) {
    const request = random(schemaOf(`${action}Request`, protocol), all.length)
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

describe.each(protocols)('answers to every action that we send to stations of %s', (protocol) => {
  const { tells } = actionsOf(protocol)

  it.each(tells)('%s: whatever is valid is taken', { timeout: 60_000 }, async (action) => {
    const answers = validOf(schemaOf(`${action}Response`, protocol)).map((payload) => JSON.stringify(payload))
    expect(await taken(protocol, action, answers)).toEqual(answers.map(() => true))
  })

  it.each(tells)(
    'D-12: %s: with one keyword of its schema broken only what is cosmetic is taken',
    { timeout: 60_000 },
    async (action) => {
      const schema = schemaOf(`${action}Response`, protocol)
      const all = mutantsOf(schema, large(schema))
      const were = await taken(
        protocol,
        action,
        all.map(({ text }) => text),
      )
      expect(Object.fromEntries(all.map(({ what }, i) => [what, were[i]]))).toEqual(
        Object.fromEntries(all.map((mutant) => [mutant.what, isCosmetic(mutant, schema)])),
      )
    },
  )

  it('BI-25: and after all that an object is what it was', () => {
    expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined()
  })
})

/** Extra fields and long texts; null stands for an empty answer, as OCPP-J 1.6 §4.2.2 has it. */
const isCosmetic = ({ keyword, what }: Mutant, { required = [] }: Schema): boolean =>
  keyword === 'additionalProperties' || keyword === 'maxLength' || (what === ': null' && required.length === 0)
