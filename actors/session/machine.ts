import { setup } from 'xstate'
import type { AuthorizationStatus } from '../../core/domain/authorization.ts'
import { effect } from '../effect.ts'

export type SessionEvent =
  /** Its stop is committed. */
  | { readonly type: 'stopped'; readonly reason: string }
  /** We closed it without a stop (INV-24); a stop may still come. */
  | { readonly type: 'inferred'; readonly because: string }

interface Context {
  readonly session: string
  readonly connector: number
  readonly authorization: AuthorizationStatus
}

const session = setup({
  types: { context: {} as Context, events: {} as SessionEvent, input: {} as Context },
  actions: {
    adopt: effect<{ readonly session: string; readonly connector: number }>(),
    release: effect<{ readonly session: string; readonly connector: number }>(),
    tell: effect<{ readonly event: string; readonly session: string; readonly because?: string }>(),
  },
  guards: {
    isAllowed: ({ context }) => context.authorization === 'Accepted',
  },
})

const plug = ({ context }: { context: Context }) => ({ session: context.session, connector: context.connector })
const ends = {
  stopped: {
    target: '#session.closed',
    actions: [
      {
        type: 'tell' as const,
        params: ({ context, event }: { context: Context; event: SessionEvent }) => ({
          event: 'session closed',
          session: context.session,
          ...('reason' in event && { because: event.reason }),
        }),
      },
    ],
  },
  inferred: {
    target: '#session.inferred',
    actions: [
      {
        type: 'tell' as const,
        params: ({ context, event }: { context: Context; event: SessionEvent }) => ({
          event: 'session inferred',
          session: context.session,
          ...('because' in event && { because: event.because }),
        }),
      },
    ],
  },
}

const opening = session.createStateConfig({
  always: [{ guard: 'isAllowed', target: 'charging' }, { target: 'refused' }],
})

const charging = session.createStateConfig({
  entry: [{ type: 'adopt', params: plug }],
  exit: [{ type: 'release', params: plug }],
  on: ends,
})

/** The token was refused, and yet it is a session with an id of its own: it must close, and never be inherited. */
const refused = session.createStateConfig({
  entry: [
    { type: 'adopt', params: plug },
    {
      type: 'tell',
      params: ({ context }) => ({ event: 'session refused', session: context.session, because: context.authorization }),
    },
  ],
  exit: [{ type: 'release', params: plug }],
  on: ends,
})

const inferred = session.createStateConfig({ on: { stopped: ends.stopped } })

/** One session: it outlives any connector status, because stations reboot, lose power and report out of order. */
export const sessionMachine = session.createMachine({
  id: 'session',
  context: ({ input }) => input,
  initial: 'opening',
  states: { opening, charging, refused, inferred, closed: { type: 'final' } },
})
