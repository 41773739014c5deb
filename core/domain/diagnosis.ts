import type { Registration } from './charge-point.ts'
import type { SimState } from './sim.ts'

/** Why a charge point cannot be spoken to, from what it, its SIM's provider and we ourselves know. */
export interface Diagnosis {
  readonly cause: Cause
  /**
   * `sure`: what it rests on is of now. `stale`: it is older than the silence, or old. `contradicting`: what is known does
   * not go together; the newest of it was believed.
   */
  readonly certainty: 'sure' | 'stale' | 'contradicting'
  /** For people. */
  readonly text: string
  /** What it rests on, in the order in which a signal travels. */
  readonly evidence: readonly Evidence[]
  /** What does not go together, for people. */
  readonly contradictions: readonly string[]
}

export const causes = [
  'none',
  'simInactive',
  'notAttached',
  'noDataSession',
  'noOcpp',
  'ocppNotReady',
  'noSim',
  'unknown',
] as const
/**
 * `none`: it is connected and ready. `simInactive`: its SIM is switched off, blocked or no more. `notAttached`: no network
 * has it. `noDataSession`: a network has it, and there is no connection for data. `noOcpp`: there is one, and no OCPP on
 * it. `ocppNotReady`: it speaks OCPP, and is not ready. `noSim`: it is not known what SIM it has, if any. `unknown`: it has
 * one, and too little is known of it.
 */
export type Cause = (typeof causes)[number]

/** One fact, from whom, and of when. */
export interface Evidence {
  readonly fact: 'sim' | 'simState' | 'attachment' | 'dataSession' | 'usage' | 'socket' | 'registration' | 'connectors'
  /** For people. */
  readonly text: string
  readonly from: Witness
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly ageMs: number
  /** Too old to say how it is now. */
  readonly isStale: boolean
}

/** `server`: we ourselves. */
export type Witness = 'station' | 'provider' | 'server'

/** A value that somebody has seen. */
export interface Seen<Value> {
  readonly value: Value
  /** Milliseconds since 1970 UTC. */
  readonly at: number
}

/** What is known of a charge point and its SIM. */
export interface ConnectivityFacts {
  /** The socket: open, or since when it is not; absent: it has never connected. */
  readonly socket?: Seen<'open' | 'closed'>
  readonly registration: Registration
  /** It has said what it is. */
  readonly hasBooted: boolean
  /** Whether one of its connectors could charge; absent: it has told of none. */
  readonly connectors?: Seen<'usable' | 'unusable'>
  /** What it has reported as its ICCID; `fault`: why that is none. */
  readonly sim?: Seen<{ readonly iccid: string; readonly fault?: string }>
  readonly provider?: string
  readonly simState?: Seen<SimState>
  readonly attachment?: Seen<'attached' | 'detached' | 'unknown'>
  readonly dataSession?: Seen<'open' | 'none' | 'unknown'>
  /** For how long the provider may say `attached` of a device that is gone, in ms. */
  readonly lagMs?: number
  /** The last day on which it has used data. */
  readonly usage?: Seen<string>
}

/** What a provider said longer ago is not of now. */
export const freshMs = 6 * 3_600_000

const off: readonly SimState[] = ['inactive', 'suspended', 'blocked', 'retired']

/** The first row that holds is the cause. */
const table: readonly (readonly [Cause, (f: ConnectivityFacts) => boolean])[] = [
  ['none', (f) => isOpen(f) && isReady(f)],
  ['ocppNotReady', (f) => isOpen(f)],
  ['noSim', ({ sim }) => sim === undefined || sim.value.fault !== undefined],
  ['simInactive', (f) => isOff(f)],
  ['notAttached', ({ attachment }) => attachment?.value === 'detached'],
  ['noOcpp', ({ dataSession }) => dataSession?.value === 'open'],
  ['noDataSession', ({ attachment, dataSession }) => attachment?.value === 'attached' && dataSession?.value === 'none'],
  ['unknown', () => true],
]

const isOpen = ({ socket }: ConnectivityFacts): boolean => socket?.value === 'open'
const isReady = ({ registration, hasBooted, connectors }: ConnectivityFacts): boolean =>
  registration === 'accepted' && hasBooted && connectors?.value !== 'unusable'
const isOff = ({ simState }: ConnectivityFacts): boolean => simState !== undefined && off.includes(simState.value)

export const diagnose = (facts: ConnectivityFacts, now: number): Diagnosis => {
  const contradictions = contradictionsIn(facts)
  const believed = contradictions.length === 0 ? facts : newestOf(facts)
  const [cause] = table.find(([, holds]) => holds(believed)) ?? ['unknown']
  const evidence = evidenceOf(facts, now)
  const rests = evidence.filter(({ fact }) => restsOn[cause].includes(fact))
  const isStale = rests.some((one) => one.isStale)
  return {
    cause,
    certainty: contradictions.length > 0 ? 'contradicting' : isStale ? 'stale' : 'sure',
    text: textOf(cause, facts),
    evidence,
    contradictions,
  }
}

/** Without which facts nobody would say so. */
const restsOn: Readonly<Record<Cause, readonly Evidence['fact'][]>> = {
  none: [],
  ocppNotReady: [],
  noSim: [],
  simInactive: ['simState'],
  notAttached: ['attachment'],
  noDataSession: ['attachment', 'dataSession'],
  noOcpp: ['dataSession'],
  unknown: ['simState', 'attachment', 'dataSession'],
}

const textOf = (
  cause: Cause,
  { sim, simState, socket, registration, hasBooted, lagMs = 0 }: ConnectivityFacts,
): string => {
  switch (cause) {
    case 'none':
      return 'It is connected and ready.'
    case 'ocppNotReady':
      if (registration !== 'accepted') return `It is connected, and its registration is ${registration}.`
      return hasBooted
        ? 'It is connected, and none of its connectors can be used.'
        : 'It is connected, and has not said what it is: no BootNotification.'
    case 'noSim':
      return sim === undefined
        ? 'It has never reported a SIM: it may be connected by cable, or does not say.'
        : `What it reports as its SIM is none: ${sim.value.fault}.`
    case 'simInactive':
      return `Its SIM is ${simState?.value ?? 'off'}.`
    case 'notAttached':
      return 'No network has it: no power, no coverage, or its antenna.'
    case 'noDataSession':
      return `A network has it, but there is no connection for data: its APN, or its modem hangs.${lagMs > 0 ? ` A network may say so for ${Math.round(lagMs / 3_600_000)} hours after it is gone.` : ''}`
    case 'noOcpp':
      return `There is a connection for data, but no OCPP on it: its address of ours, its password, a firewall, or the station hangs.${socket === undefined ? ' It has never connected.' : ''}`
    case 'unknown':
      return 'Too little is known of its SIM: ask its provider.'
  }
}

/** What cannot be true at the same time. */
const contradictionsIn = (facts: ConnectivityFacts): readonly string[] => {
  const { simState, attachment, dataSession } = facts
  const found: string[] = []
  if (isOff(facts) && dataSession?.value === 'open')
    found.push(`its SIM is ${simState?.value}, and has a connection for data`)
  if (attachment?.value === 'detached' && dataSession?.value === 'open')
    found.push('no network has it, and it has a connection for data')
  if (isOpen(facts) && isOff(facts)) found.push(`it is connected, and its SIM is ${simState?.value}`)
  if (isOpen(facts) && attachment?.value === 'detached' && attachment.at > (facts.socket?.at ?? 0))
    found.push('it is connected, and no network has it')
  return found
}

/** Where it is said that there is a connection for data, and that there cannot be one, the newer word counts. */
const newestOf = (facts: ConnectivityFacts): ConnectivityFacts => {
  const { simState, attachment, dataSession, ...others } = facts
  if (dataSession?.value !== 'open') return facts
  const against = [isOff(facts) ? simState : undefined, attachment?.value === 'detached' ? attachment : undefined]
  const isNewer = against.every((seen) => seen === undefined || seen.at <= dataSession.at)
  if (!isNewer) return { ...others, ...(simState && { simState }), ...(attachment && { attachment }) }
  return {
    ...others,
    dataSession,
    ...(simState && !isOff(facts) && { simState }),
    ...(attachment && attachment.value !== 'detached' && { attachment }),
  }
}

const evidenceOf = (facts: ConnectivityFacts, now: number): readonly Evidence[] => {
  const silentSince = facts.socket?.value === 'closed' ? facts.socket.at : 0
  const one = (
    fact: Evidence['fact'],
    from: Witness,
    seen: Seen<unknown> | undefined,
    text: string,
  ): readonly Evidence[] =>
    seen === undefined
      ? []
      : [
          {
            fact,
            from,
            text,
            at: seen.at,
            ageMs: Math.max(0, now - seen.at),
            // what was said before it fell silent says nothing about why
            isStale: from === 'provider' && (now - seen.at > freshMs || seen.at < silentSince),
          },
        ]
  const { sim, simState, attachment, dataSession, usage, socket, connectors, registration } = facts
  return [
    ...one('sim', 'station', sim, `it reports the SIM ${sim?.value.iccid}`),
    ...one('simState', 'provider', simState, `its SIM is ${simState?.value}`),
    ...one('attachment', 'provider', attachment, `network: ${attachment?.value}`),
    ...one('dataSession', 'provider', dataSession, `connection for data: ${dataSession?.value}`),
    ...one('usage', 'provider', usage, `it has used data on ${usage?.value}`),
    ...one('socket', 'server', socket, socket?.value === 'open' ? 'it is connected' : 'it is not connected'),
    ...one('registration', 'server', socket, `its registration is ${registration}`),
    ...one(
      'connectors',
      'station',
      connectors,
      connectors?.value === 'usable' ? 'it has a connector that can be used' : 'none of its connectors can be used',
    ),
  ]
}
