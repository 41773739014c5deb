import type { AnyStateMachine } from 'xstate'

/** What a guard, an assignment or a parameter is worked out from. */
export interface Given {
  readonly context: unknown
  readonly event: { readonly type: string }
}

/** One thing a machine does on its way: it changes its context, or names an effect. */
export type Step =
  | { readonly assign: (given: Given) => object }
  | { readonly effect: string; readonly params: (given: Given) => unknown }

/** One way out of a state. `to` absent = the state stays as it is, and its entry and exit are not run. */
export interface Way {
  readonly when: ((given: Given) => boolean) | undefined
  readonly steps: readonly Step[]
  readonly to: State | undefined
}

export interface State {
  readonly name: string
  readonly entry: readonly Step[]
  readonly exit: readonly Step[]
  /** Ways taken without an event, as soon as the state is entered. */
  readonly always: readonly Way[]
  readonly on: ReadonlyMap<string, readonly Way[]>
}

export interface Table {
  readonly initial: State
  readonly states: ReadonlyMap<string, State>
  readonly context: (input: unknown) => object
}

interface Action {
  readonly type?: string
  readonly params?: unknown
}
type Node = AnyStateMachine['root']
type Transition = Node['always'] extends (infer One)[] | undefined ? One : never

/**
 * A machine as tables: the part of XState that our machines use (flat states, guards by name, `assign`, entry, exit,
 * `always`, effects by name). Deciding about an event takes a lookup in them instead of an interpretation, a tenth of
 * the time. What is not in that part is refused when the program starts; that both decide alike is a test
 * (test/actors/table.test.ts).
 */
export const tableOf = (machine: AnyStateMachine): Table => {
  const { root, implementations } = machine
  const refuse = (what: string): never => {
    throw new Error(`machine ${machine.id}: ${what} is not in the part of XState that our tables know`)
  }
  const guard = (given: unknown): Way['when'] => {
    if (given === undefined) return undefined
    const known = typeof given === 'string' ? implementations.guards[given] : undefined
    return typeof known === 'function' ? (known as Way['when']) : refuse('a guard without a name')
  }
  const step = (action: unknown): Step => {
    const { type = '', params } = action as Action
    if (type === 'xstate.assign') return { assign: assignment((action as { assignment?: unknown }).assignment) }
    if (implementations.actions[type] === undefined) return refuse(`the action ${type}`)
    return { effect: type, params: typeof params === 'function' ? (params as Way['when'] & object) : () => params }
  }

  const states = new Map<string, Mutable<State>>()
  for (const [name, node] of Object.entries(root.states)) {
    if (Object.keys(node.states).length > 0 || node.invoke.length > 0 || node.after.length > 0)
      refuse(`${name} with states, invocations or delays of its own`)
    states.set(name, { name, entry: node.entry.map(step), exit: node.exit.map(step), always: [], on: new Map() })
  }
  if (root.entry.length + root.exit.length + root.invoke.length > 0) refuse('entry, exit or invocation of the whole')

  const way = (from: Node, { guard: when, actions, target, reenter }: Transition): Way => {
    if ((target?.length ?? 0) > 1) refuse('a way to several states')
    const to = target?.[0]
    const stays = to === undefined || (to === from && !reenter)
    return { when: guard(when), steps: actions.map(step), to: stays ? undefined : states.get(to.key) }
  }
  for (const [name, state] of states) {
    const node = root.states[name] as Node
    const events = new Set([...node.transitions.keys(), ...root.transitions.keys()])
    state.always = (node.always ?? []).map((t) => way(node, t))
    state.on = new Map(
      [...events].map((event) => [
        event,
        [node, root].flatMap((from) => (from.transitions.get(event) ?? []).map((t) => way(from, t))),
      ]),
    )
  }
  const first = states.get(root.initial.target[0]?.key ?? '')
  if (first === undefined) return refuse('no initial state')
  const { context } = machine.config as { readonly context?: unknown }
  return {
    initial: first,
    states,
    context: (input) =>
      typeof context === 'function' ? (context as (given: object) => object)({ input }) : ((context as object) ?? {}),
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** `assign` takes a function, or an object of values and functions. */
const assignment = (given: unknown): ((given: Given) => object) => {
  if (typeof given === 'function') return given as (given: Given) => object
  const fields = Object.entries(given as object)
  return (from) =>
    Object.fromEntries(
      fields.map(([field, value]) => [
        field,
        typeof value === 'function' ? (value as (g: Given) => unknown)(from) : value,
      ]),
    )
}
