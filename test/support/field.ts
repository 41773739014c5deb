import { expect, it } from 'vitest'
import { energyOf } from '../../core/domain/session.ts'
import { accept, testWorker } from './worker.ts'

/** What real stations do (handbook/ocpp.md §9), sent as they send it, and what they are answered. */

export const call = (id: string, action: string, payload: unknown): unknown => [2, id, action, payload]
export const error = (id: string, code: string): unknown => [4, id, code, expect.any(String), {}]
export const start = (over: object = {}, id = 's'): unknown =>
  call(id, 'StartTransaction', {
    connectorId: 1,
    idTag: 'CARD1',
    meterStart: 1_000,
    timestamp: '2026-11-24T11:00:00Z',
    ...over,
  })
export const stop = (over: object = {}, id = 't'): unknown =>
  call(id, 'StopTransaction', {
    transactionId: 1_000_001,
    meterStop: 6_000,
    timestamp: '2026-11-24T12:00:00Z',
    ...over,
  })
export const meter = (samples: unknown, over: object = {}, id = 'm'): unknown =>
  call(id, 'MeterValues', {
    connectorId: 1,
    transactionId: 1_000_001,
    meterValue: [{ timestamp: '2026-11-24T11:30:00Z', sampledValue: samples }],
    ...over,
  })
export const status = (over: object = {}, id = 'n'): unknown =>
  call(id, 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError', ...over })
export const boot = (over: object = {}, id = 'b'): unknown =>
  call(id, 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', ...over })
export const started = (status = 'Accepted', id = 's'): unknown => [
  3,
  id,
  { transactionId: 1_000_001, idTagInfo: { status } },
]

export const field = () => {
  const test = testWorker()
  test.tokens.set(...accept('CARD1'))
  return { ...test, station: test.connect() }
}
export type Field = ReturnType<typeof field>

/** Says one frame after the other, each when the one before was answered. */
export const told = async ({ station }: Field, frames: readonly unknown[]): Promise<readonly unknown[]> => {
  const said: unknown[] = []
  for (const frame of frames) said.push(...(await station.asks(frame)))
  return said
}

export const kept = ({ memory, reports }: Field) => ({
  sessions: [...memory.sessions.values()].map((session) => ({
    state: session.state,
    wh: (energyOf(session)?.mwh ?? 0) / 1_000,
    course: energyOf(session)?.course,
    token: session.token,
    flags: session.flags,
    startedAt: session.startedAt,
    lastWh: session.lastRegister && session.lastRegister.mwh / 1_000,
  })),
  readings: memory.samples.size,
  aside: memory.quarantine.map(({ wire }) => wire),
  status: reports.flatMap((r) => (r.kind === 'status' ? [r.report.status] : [])),
  inventory: reports.flatMap((r) => (r.kind === 'booted' ? [r.inventory] : []))[0],
})

export type Row = readonly [story: string, frames: readonly unknown[], answers: readonly unknown[], kept?: object]

export const rows = (about: string, table: readonly Row[]): void => {
  for (const [story, frames, answers, expected = {}] of table)
    it(`${about}${story}`, async () => {
      const test = field()
      expect(await told(test, frames)).toEqual(answers)
      expect(kept(test)).toMatchObject(expected)
      expect(test.station.closes).toEqual([])
    })
}
