import { alarms, type Alarm } from './alarm.ts'

/** A SIM card of a tenant: what its stations say of it, and what its provider does. */
export interface Sim {
  readonly tenant: string
  /** As core/domain/iccid.ts keeps it. */
  readonly iccid: string
  readonly imsi?: string
  readonly eid?: string
  /** Of the modem that it was last seen in, as its provider says. */
  readonly imei?: string
  /** The provider of this tenant that has it. */
  readonly provider?: string
  readonly state: SimState
  /** The charge point that has reported it last; absent: none has yet. */
  readonly station?: string
  readonly stationSince?: number
  /** When a charge point has last booted with it. */
  readonly seenAt?: number
  /** When its provider has last been asked about it with an answer. */
  readonly askedAt?: number
}

/**
 * `unknown`: no provider has said. `inactive`: it was never switched on. `blocked`: its provider gives it no service, a
 * limit is reached. `retired`: it is no more.
 */
export const simStates = ['unknown', 'inactive', 'active', 'suspended', 'blocked', 'retired'] as const
export type SimState = (typeof simStates)[number]

/** Why something about a SIM must be looked at. */
export interface SimAlarm {
  readonly alarm: Alarm
  readonly detail: string
}

/** What is wrong where a charge point boots with a SIM: it was in another one before, which not everybody may see who sees this one. */
export const movedTo = (before: Pick<Sim, 'iccid' | 'station'> | undefined, station: string): SimAlarm | undefined =>
  before?.station === undefined || before.station === station
    ? undefined
    : {
        alarm: alarms.movedSim,
        detail: `SIM ${before.iccid} was in another charge point before`,
      }

/** What is wrong where its provider sees a SIM in another modem, and nobody has moved it to another charge point since. */
export const movedModem = (
  before: Pick<Sim, 'iccid' | 'imei' | 'station' | 'stationSince' | 'askedAt'>,
  imei: string | undefined,
): SimAlarm | undefined => {
  const { imei: known, stationSince = 0, askedAt = 0 } = before
  if (imei === undefined || known === undefined || known === imei || stationSince >= askedAt) return undefined
  return {
    alarm: alarms.movedSim,
    detail: `SIM ${before.iccid} is in another modem: its IMEI was ${known}, and is ${imei}`,
  }
}

/** No provider of this tenant has it. */
export const unknownToAll = (iccid: string): SimAlarm => ({
  alarm: alarms.unknownSim,
  detail: `SIM ${iccid} is no SIM of any provider that is set up here`,
})

/** Another tenant's provider has it. Whose it is stays where it is. */
export const notOurs = (iccid: string): SimAlarm => ({
  alarm: alarms.foreignSim,
  detail: `SIM ${iccid} belongs to somebody else who is operated here`,
})

/** The other side of it. Where it is stays where it is. */
export const usedElsewhere = (iccid: string): SimAlarm => ({
  alarm: alarms.foreignSim,
  detail: `SIM ${iccid} is in a charge point that is not of this operator`,
})

export const overCap = (iccid: string, capMb: string, month: string): SimAlarm => ({
  alarm: alarms.dataCap,
  detail: `SIM ${iccid} has used the ${capMb} MB that it is allowed in ${month}`,
})
