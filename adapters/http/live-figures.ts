import { refusalOf } from '../../core/domain/access.ts'
import type { Store } from '../../core/ports/store.ts'
import type { Caller } from './parts.ts'

const mostKnown = 10_000

/**
 * Of figures of the moment those that whoever asks may see. They come by a channel of the whole tenant: for a caller whose
 * sight is limited the session of each is looked up once.
 */
export const seenFigures = (
  { sessions }: Pick<Store, 'sessions'>,
  caller: Caller,
): ((figures: readonly string[]) => Promise<readonly string[]>) => {
  if (refusalOf(caller, 'sessions.read') !== undefined) return async () => []
  if (caller.scope === 'tenant' && caller.party === undefined) return async (figures) => figures
  const known = new Map<string, boolean>()
  const isSeen = async (figure: string): Promise<boolean> => {
    const { session = '' } = JSON.parse(figure) as { readonly session?: string }
    const before = known.get(session)
    if (before !== undefined) return before
    if (known.size > mostKnown) known.clear()
    const isThere = (await sessions.find(caller.tenant, session)) !== undefined
    known.set(session, isThere)
    return isThere
  }
  return async (figures) => {
    const seen: string[] = []
    for (const figure of figures) if (await isSeen(figure)) seen.push(figure)
    return seen
  }
}
