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
import type { Loss } from '../../../core/roaming/field.ts'
import type { Log } from '../../../core/ports/log.ts'

/** Of what the losses are, and with whom. */
export interface AboutLosses {
  readonly partner: string
  readonly module: string
  readonly object: string
}

export type TellLosses = (about: AboutLosses, losses: readonly Loss[]) => void

/** So many kinds of losses are remembered; all are told again when there are more. */
const most = 5_000

/** Tells people what a partner's version has no words for: each kind of loss once, with the first object that has it. */
export const lossesOnce = (log: Log): TellLosses => {
  const told = new Set<string>()
  return ({ partner, module, object }, losses) => {
    for (const { pointer, rule, detail } of losses) {
      const name = `${partner} ${module} ${pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*')} ${rule} ${detail}`
      if (told.has(name)) continue
      if (told.size >= most) told.clear()
      told.add(name)
      log.info('a partner cannot be told all of an object', { partner, module, object, pointer, rule, detail })
    }
  }
}
