import { describe, expect, it } from 'vitest'
import { testWorker } from '../support/worker.ts'

const heartbeat = [2, 'a', 'Heartbeat', {}]

describe('the wire trace of a worker', () => {
  it('keeps the frames of every charge point while there are few', async () => {
    const { worker, connect } = testWorker({ settings: { traceSockets: 1 } })
    const station = connect('CP-1')
    await station.asks(heartbeat)
    expect(worker.trace.of('default/CP-1', 10).map((frame) => frame.direction)).toEqual(['in', 'out'])
  })

  it('keeps only those of chosen ones once there are many, from the word to do so until the word not to', async () => {
    const { worker, connect, records } = testWorker({ settings: { traceSockets: 1 } })
    const [one, other] = [connect('CP-1'), connect('CP-2')]
    const trace = async (traced: boolean): Promise<void> => {
      records.set('default/cp-2', { ...other.link.record, traced })
      await worker.recordChanged({ tenant: 'default', identity: 'CP-2' })
    }
    await trace(true)
    await one.asks(heartbeat)
    await other.asks(heartbeat)
    await trace(false)
    await other.asks(heartbeat)
    expect(worker.trace.of('default/CP-1', 10)).toEqual([])
    expect(worker.trace.of('default/CP-2', 10).length).toBe(2)
  })
})
