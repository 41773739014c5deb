import { hasEvent } from '../../core/domain/event-book.ts'
import { readingKey, sessionEventKey } from '../../core/domain/fact.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import { type Session, wireKey } from '../../core/domain/session.ts'
import { milliWattHours } from '../../core/domain/units.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Charge } from './charge.ts'
import type { Witness } from './network.ts'
import type { Durable } from './store.ts'
import { violate } from './world.ts'

type Payload = Record<string, never>

interface Asked {
  readonly action: string
  readonly payload: Payload
  /** How often it was put on the wire under this id, and answered. */
  times: number
  answers: number
}

const ms = (text: string): number => parseInstant(text)?.ms ?? Number.NaN
export const ref = (identity: string): string => `default/${identity}`

/** The sessions that one start has made; there must never be two. */
export const sessionsOf = (
  durable: Durable,
  identity: string,
  charge: Pick<Charge, 'connector' | 'token' | 'meterStart' | 'startedAt' | 'numbered'>,
): readonly Session[] =>
  [...durable.ledger.sessions.values()].filter((s) =>
    charge.numbered === undefined
      ? s.identity === identity &&
        s.events === undefined &&
        s.evse === charge.connector &&
        s.token === charge.token &&
        s.meterStartMwh === milliWattHours(charge.meterStart) &&
        s.startedAt === ms(charge.startedAt)
      : s.wireKey === wireKey(ref(identity), charge.numbered.transaction),
  )

/** Stands at the server's side of every socket: what is acknowledged must be in the store at that very moment. */
export class Notary implements Witness {
  readonly acknowledged = { count: 0 }
  readonly #durable: Durable
  readonly #digest: Digest
  readonly #asked = new Map<string, Asked>()
  readonly #firstAnswers = new Map<string, string>()

  constructor(durable: Durable, digest: Digest) {
    this.#durable = durable
    this.#digest = digest
  }

  asked(identity: string, text: string, times: number): void {
    const [type, id, action, payload] = JSON.parse(text) as [number, string, string, Payload]
    if (type !== 2) return
    const before = this.#asked.get(`${identity} ${id}`) ?? { times: 0, answers: 0 }
    this.#asked.set(`${identity} ${id}`, { ...before, action, payload, times: before.times + times })
  }

  answered(identity: string, text: string): void {
    const [type, id, answer] = JSON.parse(text) as [number, string, Payload]
    const asked = type === 3 ? this.#asked.get(`${identity} ${id}`) : undefined
    if (asked === undefined) return
    if (++asked.answers > asked.times)
      this.#violate(`INV-04 ${identity} was answered ${asked.answers} times to ${asked.times} CALLs: ${text}`)
    const { action, payload } = asked
    const look = this.#looks[action]
    if (look === undefined) return
    this.acknowledged.count++
    const content = `${identity} ${action} ${JSON.stringify(payload)}`
    const said = JSON.stringify(answer)
    const before = this.#firstAnswers.get(content)
    if (before !== undefined && before !== said)
      this.#violate(`INV-10 ${content} was answered ${before}, and again ${said}`)
    this.#firstAnswers.set(content, before ?? said)
    look(identity, payload, answer)
  }

  readonly #looks: Readonly<Record<string, (identity: string, payload: Payload, answer: Payload) => void>> = {
    StartTransaction: (identity, payload, answer) => this.#started(identity, payload, answer),
    MeterValues: (identity, payload) => this.#metered(identity, payload),
    StopTransaction: (identity, payload) => this.#stopped(identity, payload),
    TransactionEvent: (identity, payload) => this.#told(identity, payload),
  }

  #started(identity: string, payload: Payload, answer: Payload): void {
    const found = sessionsOf(this.#durable, identity, {
      connector: payload['connectorId'] ?? 0,
      token: payload['idTag'] ?? '',
      meterStart: payload['meterStart'] ?? 0,
      startedAt: payload['timestamp'] ?? '',
    })
    const [session] = found
    if (found.length !== 1)
      return this.#violate(`INV-01 INV-12 ${identity} start acknowledged, sessions: ${found.length}`)
    if (session?.transaction !== String(answer['transactionId']))
      this.#violate(`INV-15 ${identity} was told ${String(answer['transactionId'])}, stored is ${session?.transaction}`)
  }

  #metered(identity: string, payload: Payload): void {
    const transaction = String(payload['transactionId'])
    const session = this.#sessionOf(identity, transaction)
    const elements = payload['meterValue'] as unknown as { readonly timestamp: string }[]
    for (const element of elements) {
      const text = JSON.stringify(element)
      const at = ms(element.timestamp)
      const isKept =
        session === undefined
          ? this.#isFiled(identity, text)
          : this.#durable.ledger.samples.has(
              `${session.id}/${at}/${readingKey(this.#digest, payload['connectorId'] ?? 0, transaction, { at, text, registerMwh: undefined })}`,
            )
      if (!isKept) this.#violate(`INV-01 ${identity} reading acknowledged and not kept: ${text}`)
    }
  }

  #stopped(identity: string, payload: Payload): void {
    const session = this.#sessionOf(identity, String(payload['transactionId']))
    const isKept =
      session === undefined
        ? [...this.#durable.ledger.sessions.values()].some(
            (s) => s.identity === identity && s.state === 'orphan' && s.endedAt === ms(payload['timestamp'] ?? ''),
          )
        : session.stopKey !== undefined
    if (!isKept) this.#violate(`INV-01 INV-16 ${identity} stop acknowledged and not kept: ${JSON.stringify(payload)}`)
  }

  /** An event is filed, or kept aside where its number was taken by another; its session has its number either way. */
  #told(identity: string, payload: Payload): void {
    const { ledger } = this.#durable
    const { transactionId } = payload['transactionInfo'] as unknown as { readonly transactionId: string }
    const session = this.#sessionOf(identity, transactionId)
    const text = JSON.stringify(payload)
    if (session?.events === undefined || !hasEvent(session.events, payload['seqNo'] ?? 0))
      return this.#violate(`INV-01 INV-23 ${identity} event acknowledged and not in its session: ${text}`)
    const key = sessionEventKey(this.#digest, transactionId, payload['seqNo'] ?? 0, text)
    const filed = ledger.facts.get(`${session.day}/${ref(identity)}/${key}`)
    if (filed?.fact.wire.includes(text) !== true && !ledger.quarantine.some(({ wire }) => wire.includes(text)))
      this.#violate(`INV-01 INV-14 ${identity} event acknowledged and not kept: ${text}`)
  }

  #sessionOf(identity: string, transaction: string): Session | undefined {
    const key = wireKey(ref(identity), transaction)
    return [...this.#durable.ledger.sessions.values()].find((s) => s.wireKey === key)
  }

  #isFiled(identity: string, text: string): boolean {
    for (const { fact } of this.#durable.ledger.facts.values())
      if (fact.identity === identity && fact.kind === 'session.sampled' && fact.readings.some((r) => r.text === text))
        return true
    return false
  }

  #violate(what: string): void {
    violate(this.#durable.world, what)
  }
}
