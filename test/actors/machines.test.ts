import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { getShortestPaths } from 'xstate/graph'
import { type ChargePointEvent, chargePointMachine } from '../../actors/charge-point/machine.ts'
import { connectorMachine } from '../../actors/connector/machine.ts'
import { Host } from '../../actors/host.ts'
import { connectorStatuses, isRegular } from '../../core/domain/connector.ts'
import { cases, chargePointEvents, report } from './cases.ts'
import { chartsText, machines } from './charts.ts'

describe.each(cases)('the $name machine', ({ machine, events, inputs, carriers }) => {
  /** States that only decide where to begin: nobody ever rests in them. */
  const transient = Object.values(machine.root.states)
    .filter((state) => (state.always ?? []).length > 0)
    .map((state) => state.key)

  it('can reach every state', () => {
    const reached = inputs.flatMap((input) =>
      getShortestPaths(machine, { input: input as never, events: Object.values(events).flat() as never[] }).map(
        (path) => String(path.state.value),
      ),
    )
    const states = Object.keys(machine.states).filter((state) => !transient.includes(state))
    expect([...new Set(reached)].toSorted()).toEqual(states.toSorted())
  })

  it('listens to exactly the events it declares', () => {
    expect([...(machine.events as string[])].filter((event) => !event.startsWith('xstate.')).toSorted()).toEqual(
      Object.keys(events).toSorted(),
    )
  })

  it('names only effects that somebody carries out', () => {
    const named = Object.keys(machine.implementations.actions).filter((action) => !action.startsWith('xstate.'))
    expect(named.filter((effect) => (carriers as Readonly<Record<string, unknown>>)[effect] === undefined)).toEqual([])
  })
})

describe('a charge point', () => {
  const host = new Host(chargePointMachine)
  const after = (registration: 'accepted' | 'pending' | 'rejected', ...heard: readonly ChargePointEvent[]) => {
    let [rest, effects] = host.start({ registration })
    for (const event of heard) [rest, effects] = host.send(rest, event)
    return { state: rest.value, effects: effects.map(({ type }) => type) }
  }
  const [boot] = chargePointEvents.boot as [ChargePointEvent]
  const [ask] = chargePointEvents.ask as [ChargePointEvent]
  const [billing] = chargePointEvents.billing as [ChargePointEvent]

  it('is registered by its record and answered', () => {
    expect(after('accepted', boot)).toEqual({ state: 'accepted', effects: ['register'] })
    expect(after('pending', boot)).toEqual({ state: 'pending', effects: ['register'] })
    expect(after('rejected', boot)).toEqual({ state: 'rejected', effects: ['register'] })
  })

  it('is served before it boots, and asked for its boot after a while', () => {
    expect(after('accepted', ask)).toEqual({ state: 'greeting', effects: ['handle'] })
    expect(after('accepted', { type: 'deadline', of: 'boot' })).toEqual({ state: 'accepted', effects: ['askForBoot'] })
  })

  it('BI-39a: is refused everything but its boot while it is not accepted, but for billing while pending', () => {
    expect(after('pending', ask).effects).toEqual(['refuse'])
    expect(after('pending', billing).effects).toEqual(['handle'])
    expect(after('rejected', ask).effects).toEqual(['refuse'])
    expect(after('rejected', billing).effects).toEqual(['keepAndRefuse'])
  })

  it('is hung up on when it falls silent or is replaced', () => {
    expect(after('accepted', boot, { type: 'silent' })).toEqual({ state: 'gone', effects: ['hangUp', 'leave'] })
    expect(after('accepted', { type: 'superseded' })).toEqual({ state: 'gone', effects: ['giveWay', 'leave'] })
  })
})

describe('a connector', () => {
  it('takes any status after any other, and flags what the matrix of OCPP 1.6 does not know', () => {
    const host = new Host(connectorMachine)
    for (const from of connectorStatuses)
      for (const to of connectorStatuses) {
        if (to === 'unknown') continue
        const [rest, effects] = host.send(host.resume(from, {}), {
          type: to,
          report: report(to),
          receivedAt: 0,
          isFirst: false,
        })
        const [store] = effects as unknown as [{ params: { irregular: boolean } }]
        expect([from, to, rest.value, store.params.irregular]).toEqual([from, to, to, !isRegular(from, to)])
      }
  })

  it('knows the 53 transitions of OCPP 1.6 §4.9', () => {
    const known = connectorStatuses.filter((s) => s !== 'unknown')
    expect(known.flatMap((from) => known.filter((to) => from !== to && isRegular(from, to))).length).toBe(53)
  })

  it('lets go only of the session it has', () => {
    const host = new Host(connectorMachine)
    const [mine] = host.send(host.resume('charging', { session: 'a' }), { type: 'released', session: 'b' })
    expect(mine.context.session).toBe('a')
    expect(host.send(mine, { type: 'released', session: 'a' })[0].context.session).toBeUndefined()
  })
})

describe('actors/README.md', () => {
  it('draws the charts as the machines are', () => {
    const file = join(import.meta.dirname, '../../actors/README.md')
    const readme = readFileSync(file, 'utf8')
    const drawn = readme.replace(
      /<!-- charts -->[\s\S]*<!-- \/charts -->/,
      () => `<!-- charts -->\n\n${chartsText()}\n\n<!-- /charts -->`,
    )
    if (process.env['UPDATE_CHARTS'] === '1') writeFileSync(file, drawn)
    expect(Object.keys(machines).length).toBe(10)
    expect(readme, 'stale: run UPDATE_CHARTS=1 npm run check').toBe(drawn)
  })
})
