import type { ErpTarget } from '../core/ports/deliveries.ts'
import type { Erp } from '../core/ports/erp.ts'
import type { ErpKinds } from '../core/ports/erp-kinds.ts'
import type { Sealer } from '../core/ports/sealer.ts'

/** Secrets of a target as they were given, by name. Throws for what was sealed elsewhere. */
export const secretsOf = ({ secrets }: Pick<ErpTarget, 'secrets'>, sealer: Sealer): Readonly<Record<string, string>> =>
  secrets === undefined ? {} : (JSON.parse(sealer.open(secrets)) as Readonly<Record<string, string>>)

/** A target as something to send to. Throws where its settings or secrets cannot be read any more. */
export const openTarget =
  ({ kinds, sealer }: { readonly kinds: ErpKinds; readonly sealer: Sealer }) =>
  (target: ErpTarget): Erp =>
    kinds.open(target.kind, { settings: target.settings, secrets: secretsOf(target, sealer) })
