import type { Chance } from '../../bench/random.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import { maximal, minimal, random, schemaOf } from '../support/payloads.ts'

/** What is said in a run before it is spoilt: payloads as JSON, made once, for making them takes longer than hearing them. */
export interface Corpus {
  readonly protocol: Protocol
  readonly calls: readonly { readonly action: string; readonly payload: string }[]
  readonly results: readonly string[]
}

const stream = { id: 1, pending: 0, basetime: '2026-11-24T12:00:00Z', data: [{ t: 0, v: '1' }] }

/** Of every action that stations send the least, the greatest and some between; and answers to `asked`. */
export const corpusOf = (protocol: Protocol, asked: string, luck: Chance): Corpus => ({
  protocol,
  calls: actionsOf(protocol)
    .asks.filter((action) => action !== 'NotifyPeriodicEventStream')
    .flatMap((action) => payloadsOf(protocol, `${action}Request`, luck).map((payload) => ({ action, payload }))),
  results: payloadsOf(protocol, `${asked}Response`, luck),
})

const payloadsOf = (protocol: Protocol, name: string, luck: Chance): readonly string[] => {
  const schema = schemaOf(name, protocol)
  const some = Array.from({ length: 40 }, () => random(schema, luck.integer(0, 1_000_000)))
  return [minimal(schema), maximal(schema, 2, 1_000), ...some].map((payload) =>
    JSON.stringify(sensible(payload as object, luck)),
  )
}

/** Half of the time it speaks of a token, of connectors and of transactions that there are. */
const sensible = (payload: object, luck: Chance): object => ({
  ...payload,
  ...('idTag' in payload && luck.isLucky(0.5) && { idTag: 'CARD1' }),
  ...('idToken' in payload && luck.isLucky(0.5) && { idToken: { idToken: 'CARD1', type: 'ISO14443' } }),
  ...('transactionId' in payload && luck.isLucky(0.5) && { transactionId: luck.integer(1_000_001, 1_000_010) }),
  ...('transactionInfo' in payload &&
    luck.isLucky(0.5) && { transactionInfo: { transactionId: `tx-${luck.integer(1, 10)}` } }),
  ...('seqNo' in payload && luck.isLucky(0.5) && { seqNo: luck.integer(0, 9) }),
  ...('connectorId' in payload && luck.isLucky(0.5) && { connectorId: luck.integer(0, 4) }),
  ...('evse' in payload && luck.isLucky(0.5) && { evse: { id: luck.integer(0, 4), connectorId: 1 } }),
})

/** A frame as a station may send it: a CALL of any action, or an answer to `ours`, the CALL of ours in flight, or to nothing. */
export const frameOf = (
  { protocol, calls, results }: Corpus,
  id: string,
  ours: string | undefined,
  luck: Chance,
): string => {
  const named = JSON.stringify(ours ?? id)
  if (luck.isLucky(ours === undefined ? 0.02 : 0.2))
    return luck.isLucky(0.3) ? `[4,${named},"GenericError","no",{}]` : `[3,${named},${luck.pick(results)}]`
  if (protocol !== 'ocpp1.6' && luck.isLucky(0.05))
    return luck.isLucky(0.5) ? `[5,${named},"FormatViolation","no",{}]` : sendOf(id)
  const { action, payload } = luck.pick(calls)
  return `[2,${JSON.stringify(id)},"${action}",${payload}]`
}

/** What is told and not asked (2.1). */
export const sendOf = (id: string): string =>
  `[6,${JSON.stringify(id)},"NotifyPeriodicEventStream",${JSON.stringify(stream)}]`
