import { releaseCdr, writeCdr } from '../../adapters/memory/cdr-writer.ts'
import { limits } from '../../core/domain/evidence.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import { readingKey } from '../../core/domain/fact.ts'
import { energyOf, isBillable, type Session, wireKey } from '../../core/domain/session.ts'
import { milliWattHours } from '../../core/domain/units.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Witness } from './network.ts'
import type { Charge, Station } from './station.ts'
import type { Durable } from './store.ts'
import { violate } from './world.ts'

interface Asked {
  readonly action: string
  readonly payload: Record<string, never>
}

const ms = (text: string): number => parseInstant(text)?.ms ?? Number.NaN
const ref = (identity: string): string => `default/${identity}`

/** The sessions that one StartTransaction has made; there must never be two. */
const sessionsOf = (durable: Durable, identity: string, charge: Omit<Charge, 'readings'>): readonly Session[] =>
  [...durable.ledger.sessions.values()].filter(
    (s) =>
      s.identity === identity &&
      s.connector === charge.connector &&
      s.token === charge.token &&
      s.meterStartMwh === milliWattHours(charge.meterStart) &&
      s.startedAt === ms(charge.startedAt),
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

  asked(identity: string, text: string): void {
    const [type, id, action, payload] = JSON.parse(text) as [number, string, string, Record<string, never>]
    if (type === 2) this.#asked.set(`${identity} ${id}`, { action, payload })
  }

  answered(identity: string, text: string): void {
    const [type, id, answer] = JSON.parse(text) as [number, string, Record<string, never>]
    const asked = type === 3 ? this.#asked.get(`${identity} ${id}`) : undefined
    if (asked === undefined) return
    const { action, payload } = asked
    if (action !== 'StartTransaction' && action !== 'MeterValues' && action !== 'StopTransaction') return
    this.acknowledged.count++
    const content = `${identity} ${action} ${JSON.stringify(payload)}`
    const said = JSON.stringify(answer)
    const before = this.#firstAnswers.get(content)
    if (before !== undefined && before !== said)
      this.#violate(`INV-10 ${content} was answered ${before}, and again ${said}`)
    this.#firstAnswers.set(content, before ?? said)
    if (action === 'StartTransaction') this.#started(identity, payload, answer)
    else if (action === 'MeterValues') this.#metered(identity, payload)
    else this.#stopped(identity, payload)
  }

  #started(identity: string, payload: Record<string, never>, answer: Record<string, never>): void {
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

  #metered(identity: string, payload: Record<string, never>): void {
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

  #stopped(identity: string, payload: Record<string, never>): void {
    const session = this.#sessionOf(identity, String(payload['transactionId']))
    const isKept =
      session === undefined
        ? [...this.#durable.ledger.sessions.values()].some(
            (s) => s.identity === identity && s.state === 'orphan' && s.endedAt === ms(payload['timestamp'] ?? ''),
          )
        : session.stopKey !== undefined
    if (!isKept) this.#violate(`INV-01 INV-16 ${identity} stop acknowledged and not kept: ${JSON.stringify(payload)}`)
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

export interface Tally {
  readonly charges: number
  readonly sessions: number
  /** Sessions that are owed a CDR. */
  readonly billable: number
  readonly cdrs: number
  readonly credited: number
  readonly held: number
}

/** Everything has come to rest: each station's own log against sessions and CDRs. */
export const reconcile = (durable: Durable, stations: readonly Station[]): Tally => {
  const { world, ledger } = durable
  const complain = (what: string): void => violate(world, what)
  const explained = new Set<string>()
  for (const station of stations)
    for (const charge of station.charges) {
      const found = sessionsOf(durable, station.identity, charge)
      for (const session of found) explained.add(session.id)
      const name = `${station.identity} ${charge.startedAt}`
      if (found.length > 1) complain(`INV-12 ${name} has ${found.length} sessions`)
      if (charge.answer !== undefined && found.length === 0) complain(`INV-01 ${name} was acknowledged and is lost`)
      const [session] = found
      if (session === undefined || charge.answer === undefined) continue
      if (charge.stop?.acknowledged === true) {
        if (session.state !== 'closed')
          complain(`INV-01 ${name} stop was acknowledged, the session is ${session.state}`)
        const mwh = milliWattHours(charge.stop.meterStop - charge.meterStart)
        if (energyOf(session)?.mwh !== mwh)
          complain(`INV-43 ${name} energy ${energyOf(session)?.mwh}, delivered ${mwh}`)
      } else if (session.state === 'open') complain(`INV-24 ${name} never stopped and is open for ever`)
    }
  const transactions = new Set<string>()
  for (const session of ledger.sessions.values()) {
    if (session.state !== 'orphan' && !explained.has(session.id)) complain(`no station knows session ${session.id}`)
    if (session.wireKey === undefined) continue
    if (transactions.has(session.wireKey)) complain(`INV-15 ${session.wireKey} was given twice`)
    transactions.add(session.wireKey)
  }
  audit(durable, stations)
  const held = releaseAll(durable)
  if (ledger.outbox.size > 0) complain(`INV-44 ${ledger.outbox.size} jobs were never done`)
  for (const station of stations)
    for (const [token, times] of station.ordered)
      if (times > 1) complain(`INV-48 ${station.identity} got the order ${token} ${times} times`)
  return {
    charges: stations.reduce((sum, { charges }) => sum + charges.length, 0),
    sessions: ledger.sessions.size,
    billable: [...ledger.sessions.values()].filter(isBillable).length,
    cdrs: ledger.cdrs.size,
    credited: [...ledger.cdrs.values()].filter((cdr) => cdr.state === 'credited').length,
    held,
  }
}

/**
 * Each billable session: one chain of CDRs, the last of them in force, and that one says what the session says. It is held
 * where its station's clock is far off, and nowhere else.
 */
const audit = ({ world, ledger }: Durable, stations: readonly Station[]): void => {
  for (const session of ledger.sessions.values()) {
    const chain = [...ledger.cdrs.values()]
      .filter((cdr) => cdr.session === session.id)
      .toSorted((a, b) => a.version - b.version)
    if (!isBillable(session)) {
      if (chain.length > 0) violate(world, `INV-40 session ${session.id} is not billable and has a CDR`)
      continue
    }
    const [inForce, ...before] = chain.toReversed()
    const isChain = chain.every((cdr, version) => cdr.version === version)
    if (!isChain || inForce?.state === 'credited' || before.some((cdr) => cdr.state !== 'credited'))
      violate(world, `INV-40 session ${session.id} has CDRs ${chain.map((c) => `${c.version} ${c.state}`).join(', ')}`)
    if (inForce !== undefined && inForce.energyMwh !== (energyOf(session)?.mwh ?? 0))
      violate(world, `INV-25 INV-43 session ${session.id} and its CDR differ in energy`)
    const skew = stations.find(({ identity }) => identity === session.identity)?.skew ?? 0
    for (const { rule, detail } of inForce?.hold?.reasons ?? [])
      if (rule !== 'clockSkew' || Math.abs(skew) <= limits.skewMs)
        violate(world, `INV-53 session ${session.id} is held, with nothing wrong: ${detail}`)
  }
}

/** A person issues what is held, as proposed: to do its job once more changes nothing then. */
const releaseAll = ({ world, ledger }: Durable): number => {
  const held = [...ledger.cdrs.values()].filter((cdr) => cdr.state === 'held')
  for (const { id, tenant, session } of held) {
    const released = releaseCdr(ledger, id, { as: 'proposed' })
    const ids = { uuid: () => `again ${id}` }
    const again = writeCdr({ ledger, clock: world.time, ids }, { id: 0, tenant, kind: 'cdr', key: session })
    if (released?.state !== 'issued' || again !== undefined)
      violate(world, `INV-25 CDR ${id} was released and is not in force: ${again?.credit?.reason ?? released?.state}`)
  }
  return held.length
}
