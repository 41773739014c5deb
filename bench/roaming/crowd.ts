import { connect, type Wire } from '../wire.ts'

/** Stations that only say what they are told to, and tell how long each answer took. */
export interface Crowd {
  readonly size: number
  /** One CALL of a station; its answer and the ms until it came. */
  call(station: number, action: string, payload: object): Promise<{ readonly answer: unknown; readonly ms: number }>
  close(): void
}

/** `BENCH-0` … of OCPP 1.6, as bench/registered.ts registers them. */
export const gather = async (url: string, size: number): Promise<Crowd> => {
  const waiting = new Map<string, (answer: unknown) => void>()
  const wires: Wire[] = []
  let next = 0
  const heard = (text: string): void => {
    const [type, id, answer] = JSON.parse(text) as readonly [number, string, unknown]
    if (type === 2) return
    waiting.get(id)?.(answer)
    waiting.delete(id)
  }
  const call: Crowd['call'] = (station, action, payload) =>
    new Promise((done) => {
      const id = String(++next)
      const began = performance.now()
      waiting.set(id, (answer) => done({ answer, ms: performance.now() - began }))
      wires[station]?.send(JSON.stringify([2, id, action, payload]))
    })
  for (let i = 0; i < size; i++) {
    wires.push(
      await connect({
        url,
        identity: `BENCH-${i}`,
        password: `BENCH-password-${i}`.padEnd(16, '-'),
        protocol: 'ocpp1.6',
        opened: () => {},
        heard,
        closed: () => {},
      }),
    )
    await call(i, 'BootNotification', { chargePointVendor: 'Bench', chargePointModel: 'Crowd' })
    await call(i, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
  }
  return {
    size,
    call,
    close() {
      for (const wire of wires) wire.drop()
    },
  }
}
