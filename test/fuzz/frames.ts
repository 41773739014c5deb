import type { Chance } from '../../bench/random.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import { maximal, minimal, random, schemaOf } from '../support/payloads.ts'

/** What is said in a run before it is spoilt: payloads as JSON, made once, for making them takes longer than hearing them. */
export interface Corpus {
  readonly calls: readonly { readonly action: string; readonly payload: string }[]
  readonly results: readonly string[]
}

/** Of every action that stations send the least, the greatest and some between; and answers to `asked`. */
export const corpusOf = (asked: string, luck: Chance): Corpus => ({
  calls: actionsOf('ocpp1.6').asks.flatMap((action) =>
    payloadsOf(`${action}Request`, luck).map((payload) => ({ action, payload })),
  ),
  results: payloadsOf(`${asked}Response`, luck),
})

const payloadsOf = (name: string, luck: Chance): readonly string[] => {
  const schema = schemaOf(name)
  const some = Array.from({ length: 40 }, () => random(schema, luck.integer(0, 1_000_000)))
  return [minimal(schema), maximal(schema), ...some].map((payload) => JSON.stringify(sensible(payload as object, luck)))
}

/** Half of the time it speaks of a token, of connectors and of transactions that there are. */
const sensible = (payload: object, luck: Chance): object => ({
  ...payload,
  ...('idTag' in payload && luck.isLucky(0.5) && { idTag: 'CARD1' }),
  ...('transactionId' in payload && luck.isLucky(0.5) && { transactionId: luck.integer(1_000_001, 1_000_010) }),
  ...('connectorId' in payload && luck.isLucky(0.5) && { connectorId: luck.integer(0, 4) }),
})

/** A frame as a station may send it: a CALL of any action, or an answer to `ours`, the CALL of ours in flight, or to nothing. */
export const frameOf = ({ calls, results }: Corpus, id: string, ours: string | undefined, luck: Chance): string => {
  if (luck.isLucky(ours === undefined ? 0.02 : 0.2)) {
    const named = JSON.stringify(ours ?? id)
    return luck.isLucky(0.3) ? `[4,${named},"GenericError","no",{}]` : `[3,${named},${luck.pick(results)}]`
  }
  const { action, payload } = luck.pick(calls)
  return `[2,${JSON.stringify(id)},"${action}",${payload}]`
}
