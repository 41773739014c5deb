import type { BooksDesk } from '../core/ports/books.ts'
import type { ErpTarget } from '../core/ports/deliveries.ts'
import type { ErpKinds } from '../core/ports/erp-kinds.ts'
import type { Sealer } from '../core/ports/sealer.ts'

/** How targets are read: their settings as they are, their secrets unsealed for as long as that takes. */
export const targetAccess = ({
  kinds,
  sealer,
}: {
  readonly kinds: ErpKinds
  readonly sealer: Sealer
}): Pick<BooksDesk, 'kinds' | 'open' | 'secretsOf'> => {
  const unsealed = ({ secrets }: Pick<ErpTarget, 'secrets'>): Readonly<Record<string, string>> =>
    secrets === undefined ? {} : (JSON.parse(sealer.open(secrets)) as Readonly<Record<string, string>>)
  return {
    kinds,
    open: (target) => {
      const { tenant, kind, settings } = target
      return kinds.open(kind, { tenant, settings, secrets: unsealed(target) })
    },
    secretsOf(target) {
      try {
        return unsealed(target)
      } catch {
        // sealed with a pepper that is gone: they must be given anew
        return {}
      }
    },
  }
}
