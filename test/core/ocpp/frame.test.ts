import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeCall, encodeError, encodeResult } from '../../../core/ocpp/frame.ts'
import { InboundLane, OutboundLane } from '../../../core/ocpp/lane.ts'
import { testWorker } from '../../support/worker.ts'

describe('frames', () => {
  const payload = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  const id = fc.string({ minLength: 1, maxLength: 36 })

  it('come back as they were written', () => {
    fc.assert(
      fc.property(id, fc.string(), payload, (i, action, p) => {
        const plain = JSON.parse(JSON.stringify(p)) as unknown
        expect(decodeFrame(encodeCall(i, action, p))).toEqual({ kind: 'call', id: i, action, payload: plain })
        expect(decodeFrame(encodeResult(i, p))).toEqual({ kind: 'result', id: i, payload: plain })
      }),
    )
  })

  it('an error of ours is read as one, its description cut to 255 characters', () => {
    expect(decodeFrame(encodeError('a', 'GenericError', 'x'.repeat(300)))).toEqual({
      kind: 'error',
      id: 'a',
      code: 'GenericError',
      description: 'x'.repeat(255),
      details: {},
    })
  })

  it('of 2.1 besides: what is only told comes back as it was written, and so does what refuses an answer', () => {
    fc.assert(
      fc.property(id, fc.string(), payload, fc.string(), (i, name, p, description) => {
        const plain = JSON.parse(JSON.stringify(p)) as unknown
        const send = JSON.stringify([6, i, name, p])
        const refusal = JSON.stringify([5, i, name, description, p])
        expect(decodeFrame(send, 'ocpp2.1')).toEqual({ kind: 'send', id: i, action: name, payload: plain })
        expect(decodeFrame(refusal, 'ocpp2.1')).toEqual({ kind: 'resultError', id: i, code: name, description })
        // both are types that nobody knows before
        expect(decodeFrame(send, 'ocpp2.0.1')).toMatchObject({ kind: 'malformed', id: i, fault: 'messageType' })
        expect([send, refusal].map((text) => decodeFrame(text, 'ocpp1.6').kind)).toEqual(['unreadable', 'unreadable'])
      }),
    )
  })

  it('BI-33: an empty payload that is null is one in 1.6, and none in 2.x', () => {
    fc.assert(
      fc.property(id, (i) => {
        const text = JSON.stringify([2, i, 'Heartbeat', null])
        expect(decodeFrame(text)).toEqual({ kind: 'call', id: i, action: 'Heartbeat', payload: {} })
        for (const protocol of ['ocpp2.0.1', 'ocpp2.1'] as const)
          expect(decodeFrame(text, protocol)).toMatchObject({ kind: 'malformed', id: i, fault: 'payload' })
      }),
    )
  })

  it('BI-32 BI-39b: what is told or refused and cannot be read is silent, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(5, 6), fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }), (type, rest) => {
        const frame = decodeFrame(JSON.stringify([type, ...rest]), 'ocpp2.1')
        expect(frame.kind === 'unreadable' ? frame.isSilent : frame.kind).toBe(
          frame.kind === 'unreadable' ? true : type === 6 ? 'send' : 'resultError',
        )
      }),
    )
  })

  it('BI-26: depth is counted outside of texts only', () => {
    expect(decodeFrame(`[2,"a","X",{"t":"${'['.repeat(100)}"}]`)).toMatchObject({ kind: 'call' })
    expect(decodeFrame(`[2,"a","X",{"t":${'['.repeat(31)}${']'.repeat(31)}}]`)).toMatchObject({ kind: 'malformed' })
    expect(decodeFrame(`[2,"a","X",{"t":${'['.repeat(30)}${']'.repeat(30)}}]`)).toMatchObject({ kind: 'call' })
  })

  it('INV-65: no text whatever throws, and every CALL that can be answered is', async () => {
    const { connect } = testWorker()
    let serial = 0
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .tuple(
              fc.constantFrom(2, 3, 4),
              id,
              fc.constantFrom('Heartbeat', 'StartTransaction', 'MeterValues', 'StatusNotification', 'X'),
              payload,
            )
            .map((frame) => JSON.stringify(frame)),
        ),
        async (text) => {
          const station = connect(`F-${serial++}`)
          station.says(text)
          const [answer] = await station.asks()
          const frame = decodeFrame(text)
          if (frame.kind === 'call') expect(station.said.length + (answer === undefined ? 0 : 1)).toBeGreaterThan(0)
        },
      ),
      { numRuns: 400, seed: 11 },
    )
  })
})

const arrived = (i: number) => ({ id: String(i), action: 'Heartbeat', at: 0, text: `call ${i}`, answer: undefined })

describe('the lane of one socket', () => {
  it('INV-06: lets answers out in the order of their CALLs, whatever order they are ready in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
        const lane = new InboundLane()
        for (let i = 0; i < 6; i++) lane.arrive(arrived(i))
        const left: string[] = []
        for (const i of order) lane.answer(String(i), `answer ${i}`, (text) => left.push(text))
        expect(left).toEqual([0, 1, 2, 3, 4, 5].map((i) => `answer ${i}`))
      }),
    )
  })

  it('INV-60: holds 64 unanswered CALLs and no more', () => {
    const lane = new InboundLane()
    for (let i = 0; i < 64; i++) expect(lane.arrive(arrived(i))).toBe('new')
    expect(lane.arrive(arrived(65))).toBe('full')
  })

  it('INV-47: has one CALL of ours on its way at a time, and settles only that one', () => {
    const lane = new OutboundLane()
    const call = (id: string) => ({
      id,
      action: 'Reset',
      text: '',
      deadline: 0,
      beforeWrite: async () => true,
      end: () => {},
    })
    expect([lane.push(call('a'))?.id, lane.push(call('b'))?.id]).toEqual(['a', undefined])
    expect([lane.settle('b'), lane.next()]).toEqual([undefined, undefined])
    expect([lane.settle('a')?.id, lane.next()?.id, lane.settle('a')]).toEqual(['a', 'b', undefined])
  })
})
