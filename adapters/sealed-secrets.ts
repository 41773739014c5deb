import type { Sealer } from '../core/ports/sealer.ts'

/** Keys and passwords of somebody outside, as they are filed: a sealed JSON object of texts. */
interface Sealed {
  readonly secrets?: string
}

type Secrets = Readonly<Record<string, string>>

/** Throws where they were sealed with a pepper that is gone. */
export const unsealed = (sealer: Pick<Sealer, 'open'>, { secrets }: Sealed): Secrets =>
  secrets === undefined ? {} : (JSON.parse(sealer.open(secrets)) as Secrets)

/** Those that can be read: none where the pepper is gone, for they must be given anew then. */
export const readableSecrets = (sealer: Pick<Sealer, 'open'>, of: Sealed): Secrets => {
  try {
    return unsealed(sealer, of)
  } catch {
    return {}
  }
}
