/** What is told as a `security.alarm`: somebody should look at that charge point. */
export const alarms = {
  /** It ended a transaction that is another charge point's (BI-41). */
  foreignTransaction: 'foreign transaction',
  /** It came with less security than it is registered for (BI-15). */
  profileTooLow: 'security profile too low',
  /** Its sockets replace each other: two stations under one identity, or a bad link (INV-33). */
  takeovers: 'many takeovers',
  /** Two sockets under its identity were alive at the same time, again and again: two stations share it (D-19). */
  clone: 'two stations under one identity',
  /** It tells of something critical in its own security log. */
  securityEvent: 'critical security event',
  /** A monitor of its own tells of something that is dangerous, fails or is critical (severity 0 to 3). */
  criticalEvent: 'critical event',
  /** It reconnects all day (INV-33). */
  reconnects: 'many reconnects',
  /** An event of a session came a second time under its number, and said something else (INV-14). */
  conflictingEvent: 'conflicting event',
  /** So little of what it says can be taken that it was hung up on (BI-23c). */
  badFrames: 'many bad frames',
  /** Its SIM has used up what it is allowed in a month. */
  dataCap: 'data cap reached',
  /** It has booted with a SIM that no provider of its operator has. */
  unknownSim: 'unknown SIM',
  /** Its SIM was in another charge point, or in another modem. */
  movedSim: 'moved SIM',
  /** Its SIM is another tenant's, or one of this tenant's is in a station of another. */
  foreignSim: 'SIM of another operator',
} as const

export type Alarm = (typeof alarms)[keyof typeof alarms]
