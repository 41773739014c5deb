import type { Sealer } from '../../core/ports/sealer.ts'

type Secrets = Readonly<Record<string, string>>

/** Secrets after somebody has said some of them: what is not said stays as it was, and null forgets one. */
export const secretsAfter = (before: Secrets, said: Readonly<Record<string, string | null>> | undefined): Secrets =>
  Object.fromEntries(
    Object.entries({ ...before, ...said }).filter((entry): entry is [string, string] => entry[1] !== null),
  )

/** As they are filed; nothing where there are none. */
export const sealedSecrets = (sealer: Pick<Sealer, 'seal'>, secrets: Secrets): { readonly secrets?: string } =>
  Object.keys(secrets).length > 0 ? { secrets: sealer.seal(JSON.stringify(secrets)) } : {}
