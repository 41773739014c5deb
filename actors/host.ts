import {
  type AnyStateMachine,
  type ContextFrom,
  createActor,
  type EventFromLogic,
  type InputFrom,
  type SnapshotFrom,
  type StateValue,
} from 'xstate'

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

type ScopeOf<Machine extends AnyStateMachine> = Parameters<Machine['transition']>[2]

interface Scope {
  actionExecutor: (action: { readonly type: string; readonly params: unknown }) => void
}

/**
 * The only file that knows how a machine is run. It wakes an actor from its rest, lets the machine decide about one
 * event, and hands back the effects in the order in which the machine named them, and the actor at rest again.
 *
 * It calls the machine's own transition with one scope for all actors of that machine: a live XState actor costs
 * 2–3 KB and 50 µs to create, and the public `transition()` builds such an actor for every call.
 */
export class Host<Machine extends AnyStateMachine> {
  readonly #machine: Machine
  readonly #scope: ScopeOf<Machine>
  #effects: Effect[] = []

  constructor(machine: Machine) {
    this.#machine = machine
    const collect: Scope['actionExecutor'] = ({ type, params }) => void this.#effects.push({ type, params })
    const inert = createActor(machine as AnyStateMachine, { input: {} as never })
    this.#scope = {
      self: inert,
      system: inert.system,
      id: '',
      sessionId: '',
      logger: () => {},
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      actionExecutor: collect,
    } as unknown as ScopeOf<Machine>
  }

  start(input: InputFrom<Machine>): readonly [Rest<Machine>, readonly Effect[]] {
    return this.#run(() => this.#machine.getInitialSnapshot(this.#scope, input) as SnapshotFrom<Machine>)
  }

  /** A rest made of what is stored, without running anything: how an actor is rebuilt from rows. */
  resume(value: StateValue, context: ContextFrom<Machine>): Rest<Machine> {
    return { value, context }
  }

  send(rest: Rest<Machine>, event: EventFromLogic<Machine>): readonly [Rest<Machine>, readonly Effect[]] {
    return this.#run(() => {
      const awake = this.#machine.resolveState({ value: rest.value, context: rest.context })
      return this.#machine.transition(awake, event, this.#scope) as SnapshotFrom<Machine>
    })
  }

  #run(decide: () => SnapshotFrom<Machine>): readonly [Rest<Machine>, readonly Effect[]] {
    const before = this.#effects
    this.#effects = []
    const { value, context } = decide() as unknown as Rest<Machine>
    const effects = this.#effects
    this.#effects = before
    return [{ value, context }, effects]
  }
}
