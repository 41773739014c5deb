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
