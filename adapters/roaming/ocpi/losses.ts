import { clean } from '../../../core/domain/text.ts'
import type { Log } from '../../../core/ports/log.ts'

/** What could not be said to a partner; of an object of ours, or of the words of its version. */
export interface Lost {
  readonly pointer: string
  readonly detail: string
}

const longest = 500

/** For people: each kind of loss once, also where every element of a list has it. Undefined where there is none. */
export const lossText = (losses: readonly Lost[]): string | undefined => {
  if (losses.length === 0) return undefined
  const kinds = new Set(losses.map(({ pointer, detail }) => `${pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')}: ${detail}`))
  return clean(`not said: ${[...kinds].join('; ')}`, longest)
}

interface About {
  readonly partner: string
  readonly module: string
  /** Its id. */
  readonly object: string
}

/**
 * For objects that are never sent, and so have no line in the ledger: what is in the way. Where something goes out, the
 * losses go into its line instead (`ModuleCall.losses`, `Answer.losses`).
 */
export const noteLosses = (log: Pick<Log, 'warn'>, about: About, losses: readonly Lost[]): void => {
  const reason = lossText(losses)
  if (reason !== undefined) log.warn('a roaming partner is not told of an object', { ...about, reason })
}
