import { describe, expect, it } from 'vitest'
import type { AdmittedSeat } from '../../actors/admission.ts'
import { settled } from '../support/clock.ts'
import { basic, door, secret } from '../support/door.ts'
import { testWorker, utf8 } from '../support/worker.ts'

const fresh = new Uint8Array(20).fill(9)
const withNew = { authorization: basic('CP-1', fresh) }
const rotate = { type: 'rotatePassword' } as const
const callsIn = (said: readonly string[]): readonly string[] =>
  said.map((text) => JSON.parse(text) as [number, string, string]).flatMap(([kind, id]) => (kind === 2 ? [id] : []))

/** A station to which a new key was sent, and whose answer nobody has. */
const rotating = () => {
  const test = door()
  const salt = new Uint8Array(16).fill(9)
  const next = { salt, hash: test.digest.seal(salt, fresh), afterBoot: false }
  test.register('CP-1', utf8(secret), { next })
  return { ...test, next }
}

describe('a new password of a charge point (S-04)', () => {
  it('stays good when its answer, RebootRequired, was lost and the station comes once more with the old one', async () => {
    const { status, shown } = rotating()
    expect([await status('/ocpp/CP-1'), shown]).toEqual([101, []])
    expect([await status('/ocpp/CP-1', withNew), shown]).toEqual([101, ['default/CP-1 next password']])
  })

  it('lets the station in that comes with it at once, before the workers have heard of it', async () => {
    const { status, register, records, newer } = door()
    const known = records.get('default/cp-1')
    register('CP-1', fresh)
    const changed = records.get('default/cp-1')
    if (known === undefined || changed === undefined) throw new Error('it is not registered')
    records.set('default/cp-1', known)
    newer.set('default/cp-1', changed)
    expect(await status('/ocpp/CP-1', withNew)).toBe(101)
  })

  it('S-05: whoever guesses makes us look again only as often as he may guess', async () => {
    const { status, looksAnew } = door()
    const guess = () => status('/ocpp/CP-1', { authorization: basic('CP-1', 'wrong-wrong-wrong-wr') })
    for (let i = 0; i < 10; i++) expect(await guess()).toBe(401)
    for (let i = 0; i < 10; i++) expect(await guess()).toBe(429)
    expect(looksAnew.length).toBe(10)
  })

  it('is followed by no other while it may still come into force: of two keys on their way one would be unknown', async () => {
    for (const answers of [[], [{ status: 'RebootRequired' }]]) {
      const test = testWorker()
      await test.worker.start()
      const station = test.connect()
      await test.order(rotate)
      const [first] = callsIn(station.said)
      for (const answer of answers) await station.asks([3, first, answer])
      const second = await test.order(rotate)
      await test.clock.pass(31_000)
      expect(test.commands.get(second)).toMatchObject({ state: 'done', outcome: 'notDelivered' })
      expect(test.commands.get(second)?.reason).toContain('may still come into force')
      expect(callsIn(station.said)).toEqual([first])
    }
  })

  it('is followed by another as soon as it is known to be in force, or not to be', async () => {
    for (const status of ['Accepted', 'Rejected']) {
      const test = testWorker()
      await test.worker.start()
      const station = test.connect()
      await test.order(rotate)
      await station.asks([3, callsIn(station.said)[0], { status }])
      await test.order(rotate)
      expect(callsIn(station.said).length).toBe(2)
    }
  })

  it('gives way to another once the station has booted and still came with the old one', async () => {
    const { worker, knock, order, store, next } = rotating()
    await worker.start()
    const admission = await knock('/ocpp/CP-1')
    const said: string[] = []
    const connection = { send: (text: string) => said.push(text), ping: () => {}, close: () => {}, terminate: () => {} }
    const link = worker.gateway.opened((admission as unknown as { seat: AdmittedSeat }).seat, connection)
    await order(rotate)
    expect(callsIn(said)).toEqual([])
    const boot = { chargePointVendor: 'Vendor', chargePointModel: 'Model' }
    worker.gateway.heard(link, JSON.stringify([2, 'b', 'BootNotification', boot]))
    await settled()
    await order(rotate)
    expect(callsIn(said).length).toBe(1)
    expect(store.learnt).toMatchObject([{ type: 'password.sent', replaces: next.hash }])
  })

  it('leaves the socket open on which it was taken, also where both of its commits are heard of at once', async () => {
    const test = testWorker()
    await test.worker.start()
    const station = test.connect()
    await test.order(rotate)
    await station.asks([3, callsIn(station.said)[0], { status: 'Accepted' }])
    const [sent] = test.store.learnt
    if (sent?.type !== 'password.sent') throw new Error('no key was sent')
    const { salt, hash } = sent
    test.records.set('default/cp-1', { ...station.link.seat.record, verifier: { salt, hash } })
    await test.worker.recordChanged({ tenant: 'default', identity: 'CP-1' })
    expect(station.closes).toEqual([])
  })
})
