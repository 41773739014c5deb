import type { AnyStateMachine, ContextFrom, EventFromLogic, InputFrom, StateValue } from 'xstate'
import { type Given, type State, type Step, type Table, tableOf, type Way } from './table.ts'

/** What a machine named, to be carried out by whoever runs it. */
export interface Effect {
  readonly type: string
  readonly params: unknown
}

/** An actor at rest: all of it that must be remembered between two events, a few hundred bytes (D-8). */
export interface Rest<Machine extends AnyStateMachine> {
  readonly value: StateValue
  readonly context: ContextFrom<Machine>
}

/**
 * The only file that knows how a machine is run. It wakes an actor from its rest, lets the machine decide about one
 * event, and hands back the effects in the order in which the machine named them, and the actor at rest again.
 *
 * It decides by the machine's tables: a live XState actor costs 2–3 KB and 50 µs to create, and interpreting a chart
 * for every event ten times as much as looking its ways up.
 */
export class Host<Machine extends AnyStateMachine> {
  readonly #table: Table

  constructor(machine: Machine) {
    this.#table = tableOf(machine)
  }

  start(input: InputFrom<Machine>): readonly [Rest<Machine>, readonly Effect[]] {
    const run = new Run({ type: 'xstate.init' }, this.#table.context(input))
    return run.enter(this.#table.initial) as never
  }

  /** A rest made of what is stored, without running anything: how an actor is rebuilt from rows. */
  resume(value: StateValue, context: ContextFrom<Machine>): Rest<Machine> {
    return { value, context }
  }

  send(rest: Rest<Machine>, event: EventFromLogic<Machine>): readonly [Rest<Machine>, readonly Effect[]] {
    const state = this.#table.states.get(rest.value as string)
    const ways = state?.on.get(event.type)
    if (state === undefined || ways === undefined) return [rest, nothing]
    const run = new Run(event, rest.context)
    const way = run.first(ways)
    return way === undefined ? [rest, nothing] : (run.take(state, way) as never)
  }
}

const nothing: readonly Effect[] = []

/** One event's way through a machine. Guards and parameters see the context as it is at that moment. */
class Run implements Given {
  readonly event: Given['event']
  context: object
  readonly #effects: Effect[] = []

  constructor(event: Given['event'], context: object) {
    this.event = event
    this.context = context
  }

  first(ways: readonly Way[]): Way | undefined {
    return ways.find(({ when }) => when === undefined || when(this))
  }

  take(
    from: State,
    { steps, to }: Way,
  ): readonly [{ readonly value: string; readonly context: object }, readonly Effect[]] {
    if (to !== undefined) this.#do(from.exit)
    this.#do(steps)
    return to === undefined ? this.#rest(from) : this.enter(to)
  }

  enter(state: State): readonly [{ readonly value: string; readonly context: object }, readonly Effect[]] {
    this.#do(state.entry)
    const way = this.first(state.always)
    return way === undefined ? this.#rest(state) : this.take(state, way)
  }

  #do(steps: readonly Step[]): void {
    for (const step of steps) {
      if ('assign' in step) this.context = { ...this.context, ...step.assign(this) }
      else this.#effects.push({ type: step.effect, params: step.params(this) })
    }
  }

  #rest({ name }: State): readonly [{ readonly value: string; readonly context: object }, readonly Effect[]] {
    return [{ value: name, context: this.context }, this.#effects]
  }
}
