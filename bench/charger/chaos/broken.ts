/** A frame that is plainly wrong, and what may come back for it. */
export interface Broken {
  readonly name: string
  frame(id: string): string
  /** CALLERROR codes, or `result` where it may be taken all the same; empty = nobody could answer it. */
  readonly answers: readonly string[]
}

const call =
  (...rest: readonly unknown[]): ((id: string) => string) =>
  (id) =>
    JSON.stringify([2, id, ...rest])

/** The codes are those of handbook/reliability.md §6.5 c and d, for OCPP 1.6. */
export const brokenFrames: readonly Broken[] = [
  { name: 'an unknown action', frame: call('Teleport', {}), answers: ['NotImplemented'] },
  { name: 'an order that is for stations', frame: call('Reset', { type: 'Soft' }), answers: ['NotSupported'] },
  { name: 'a list for a payload', frame: call('Heartbeat', []), answers: ['FormationViolation'] },
  { name: 'no payload', frame: call('Heartbeat'), answers: ['FormationViolation'] },
  {
    name: 'a status that is missing',
    frame: call('StatusNotification', { connectorId: 1, errorCode: 'NoError' }),
    answers: ['ProtocolError'],
  },
  {
    name: 'a number as text',
    frame: call('StatusNotification', { connectorId: '1', errorCode: 'NoError', status: 'Preparing' }),
    answers: ['TypeConstraintViolation', 'result'],
  },
  { name: 'half a frame', frame: (id) => `[2,"${id}","Heartbeat",{`, answers: [] },
  { name: 'no JSON', frame: () => 'AT+CSQ', answers: [] },
]
