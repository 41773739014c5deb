import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideAsked } from '../../actors/asked-command/decide.ts'
import { decide } from '../../actors/roaming-command/decide.ts'
import type { RoamingCommandEvent } from '../../actors/roaming-command/machine.ts'
import {
  type AskedCommand,
  retellAfter,
  type RoamingCommand,
  sendingMs,
  tellingMs,
} from '../../core/domain/roaming-command.ts'
import { askedCommandEvents, roamingCommandEvents } from './cases.ts'
import { commanding, token } from '../support/roaming-commands.ts'

const fresh: RoamingCommand = {
  tenant: 'default',
  id: 'c',
  partner: 'emp',
  type: 'START_SESSION',
  version: '2.2.1',
  responseUrl: 'https://emp.example/answers/1',
  state: 'waiting',
  order: 'o',
  chargePoint: 'CP-1',
  due: 30_000,
  attempts: 0,
  createdAt: 0,
  changedAt: 0,
}
const asked: AskedCommand = {
  tenant: 'default',
  id: 'a',
  partner: 'cpo',
  type: 'RESERVE_NOW',
  body: {},
  addressHash: '00',
  state: 'asking',
  deadline: 30_000,
  createdAt: 0,
  changedAt: 0,
}
const settled = { type: 'settled', result: { result: 'ACCEPTED' }, isKept: false } as const
const unheard = { type: 'unheard', reason: 'nobody is there' } as const

/** What has become of a command after these events, one a second; what makes no sense in its state is passed over. */
const after = (...events: readonly RoamingCommandEvent[]): RoamingCommand =>
  events.reduce((command, event, i) => decide(command, event, i * 1_000) ?? command, fresh)

describe('a command of a partner', () => {
  it('is told when its result is known, and whoever tells it has its time', () => {
    expect(after(settled)).toMatchObject({ state: 'due', nextAt: 0, settledAt: 0 })
    expect(after(settled, { type: 'turn' })).toMatchObject({ state: 'sending', attempts: 1, nextAt: 1_000 + sendingMs })
    expect(after(settled, { type: 'turn' }, { type: 'told' }).nextAt).toBeUndefined()
  })

  it('waits longer from attempt to attempt, or as long as its partner says, and is lost after its time', () => {
    expect([1, 2, 3, 7, 30].map((attempt) => retellAfter(attempt))).toEqual([1_000, 2_000, 4_000, 60_000, 60_000])
    expect(retellAfter(1, 90_000)).toBe(90_000)
    const sending = after(settled, { type: 'turn' })
    expect(decide(sending, unheard, tellingMs - 1)).toMatchObject({ state: 'due', reason: 'nobody is there' })
    expect(decide(sending, unheard, tellingMs)).toMatchObject({ state: 'lost', reason: 'nobody is there' })
  })

  it('is never sent again once its partner has heard it, whatever happens', () => {
    const events = fc.array(fc.constantFrom(...Object.values(roamingCommandEvents).flat()), { maxLength: 30 })
    fc.assert(
      fc.property(events, (more) => {
        const told = after(settled, { type: 'turn' }, { type: 'told' })
        const later = more.reduce((command, event) => decide(command, event, 60_000) ?? command, told)
        return told.state === 'told' && later === told
      }),
    )
  })
})

describe('a command of ours', () => {
  it('keeps its first result, whatever else is said', () => {
    const events = fc.array(fc.constantFrom(...Object.values(askedCommandEvents).flat()), { maxLength: 30 })
    fc.assert(
      fc.property(events, (more) => {
        const done = decideAsked(asked, { type: 'result', result: 'FAILED' }, 0) ?? asked
        const later = more
          .filter(({ type }) => type !== 'withdrawn')
          .reduce((command, event) => decideAsked(command, event, 1) ?? command, done)
        return later.state === 'done' && later.result === 'FAILED'
      }),
    )
  })

  it('hears its result from the partner that it was given to, and from nobody else', async () => {
    const both = await commanding()
    let address = ''
    both.net.meddle = (wanted, forward) => {
      address ||=
        String(JSON.parse(Buffer.from(wanted.body ?? []).toString('utf8')).response_url)
          .split('/')
          .at(-1) ?? ''
      return forward()
    }
    await both.ask({ type: 'START_SESSION', body: { token, location_id: 'north' } })
    const told = (partner: string, tenant = 'default') =>
      both.asks.heard({ tenant, partner, address }, { result: 'ACCEPTED' })
    expect([await told('another'), await told('cpo', 'other'), await told('cpo')]).toEqual([false, false, true])
  })
})
