import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, createMachine, initialTransition, transition } from 'xstate'
import { Host } from '../../actors/host.ts'
import { tableOf } from '../../actors/table.ts'
import { cases } from './cases.ts'

/** The same events through XState itself: the state, the context, and the effects in their order. */
const byXState = (machine: AnyStateMachine, input: object, events: readonly { readonly type: string }[]) => {
  let [snapshot, actions] = initialTransition(machine, input as never)
  const effects = [actions]
  for (const event of events) {
    if (snapshot.status !== 'active') break
    ;[snapshot, actions] = transition(machine, snapshot, event)
    effects.push(actions)
  }
  return {
    value: snapshot.value,
    context: snapshot.context as unknown,
    effects: effects.flat().map(({ type, params }) => ({ type, params })),
  }
}

const byTables = (machine: AnyStateMachine, input: object, events: readonly { readonly type: string }[]) => {
  const host = new Host(machine)
  let [rest, effects] = host.start(input as never)
  const all = [effects]
  for (const event of events) {
    if (machine.root.states[rest.value as string]?.type === 'final') break
    ;[rest, effects] = host.send(rest, event as never)
    all.push(effects)
  }
  return { value: rest.value, context: rest.context as unknown, effects: all.flat() }
}

describe.each(cases)('the tables of the $name machine', ({ machine, events, inputs }) => {
  it('decide as XState does, whatever the machine hears', () => {
    const anything = [...Object.values(events).flat(), { type: 'never heard of' }]
    fc.assert(
      fc.property(
        fc.constantFrom(...inputs),
        fc.array(fc.constantFrom(...anything), { maxLength: 12 }),
        (input, heard) => {
          expect(byTables(machine, input, heard)).toEqual(byXState(machine, input, heard))
        },
      ),
      { numRuns: 400, seed: 7 },
    )
  })
})

describe('tables', () => {
  it.each([
    ['states within states', { initial: 'a', states: { a: { initial: 'b', states: { b: {} } } } }],
    ['a delay', { initial: 'a', states: { a: { after: { 1000: 'b' } }, b: {} } }],
    [
      'a guard without a name',
      { initial: 'a', states: { a: { on: { go: { guard: () => true, target: 'b' } } }, b: {} } },
    ],
    ['an action without a name', { initial: 'a', states: { a: { entry: () => {} } } }],
  ])('refuse a machine with %s', (_, config) => {
    expect(() => tableOf(createMachine(config as never))).toThrow('tables know')
  })
})
