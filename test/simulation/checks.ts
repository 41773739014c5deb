import { releaseCdr, writeCdr } from '../../adapters/memory/cdr-writer.ts'
import { limits } from '../../core/domain/evidence.ts'
import { energyOf, isBillable } from '../../core/domain/session.ts'
import { milliWattHours } from '../../core/domain/units.ts'
import type { Charge } from './charge.ts'
import { complaintsOfEvents } from './checks-2.ts'
import { sessionsOf } from './notary.ts'
import type { Station } from './station.ts'
import type { Durable } from './store.ts'
import { violate } from './world.ts'

export interface Tally {
  readonly charges: number
  readonly sessions: number
  /** Sessions that are owed a CDR. */
  readonly billable: number
  readonly cdrs: number
  readonly credited: number
  readonly held: number
  /** Sessions of which events are missing for ever. */
  readonly incomplete: number
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
      for (const what of complaintsOf(durable, station.identity, charge))
        complain(`${station.identity} ${charge.numbered?.transaction ?? charge.startedAt}: ${what}`)
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
  const sessions = [...ledger.sessions.values()]
  return {
    charges: stations.reduce((sum, { charges }) => sum + charges.length, 0),
    sessions: sessions.length,
    billable: sessions.filter(isBillable).length,
    cdrs: ledger.cdrs.size,
    credited: [...ledger.cdrs.values()].filter((cdr) => cdr.state === 'credited').length,
    held,
    incomplete: sessions.filter(({ events }) => events?.settled !== undefined).length,
  }
}

const complaintsOf = (durable: Durable, identity: string, charge: Charge): readonly string[] => {
  const { numbered, answer, stop, meterStart } = charge
  const [session, ...more] = sessionsOf(durable, identity, charge)
  if (more.length > 0) return [`INV-12 has ${more.length + 1} sessions`]
  const isTold = answer !== undefined || numbered?.events.some(({ state }) => state === 'acknowledged') === true
  if (session === undefined) return isTold ? ['INV-01 was acknowledged and is lost'] : []
  if (numbered !== undefined) return complaintsOfEvents(durable, charge, numbered, session)
  if (answer === undefined) return []
  if (stop?.acknowledged !== true) return session.state === 'open' ? ['INV-24 never stopped and is open for ever'] : []
  const mwh = milliWattHours(stop.meterStop - meterStart)
  return [
    ...(session.state === 'closed' ? [] : [`INV-01 stop was acknowledged, the session is ${session.state}`]),
    ...(energyOf(session)?.mwh === mwh ? [] : [`INV-43 energy ${energyOf(session)?.mwh}, delivered ${mwh}`]),
  ]
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

/**
 * A person issues what is held, as proposed, or as it is where what came later has answered the reasons: to do its job once
 * more changes nothing then.
 */
const releaseAll = ({ world, ledger }: Durable): number => {
  const held = [...ledger.cdrs.values()].filter((cdr) => cdr.state === 'held')
  for (const { id, tenant, session, hold } of held) {
    const released = releaseCdr(ledger, id, { as: hold?.proposal === undefined ? 'measured' : 'proposed' })
    const ids = { uuid: () => `again ${id}` }
    const again = writeCdr({ ledger, clock: world.time, ids }, { id: 0, tenant, kind: 'cdr', key: session })
    if (released?.state !== 'issued' || again !== undefined)
      violate(world, `INV-25 CDR ${id} was released and is not in force: ${again?.credit?.reason ?? released?.state}`)
  }
  return held.length
}
