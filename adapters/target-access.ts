import type { BooksDesk } from '../core/ports/books.ts'
import type { Erp, Receiver } from '../core/ports/erp.ts'
import type { ErpKinds } from '../core/ports/erp-kinds.ts'
import type { Sealer } from '../core/ports/sealer.ts'
import type { ClosedStatement } from '../core/settlement/closed-statement.ts'
import { readableSecrets, unsealed } from './sealed-secrets.ts'

/** How targets are read: their settings as they are, their secrets unsealed for as long as that takes. */
export const targetAccess = ({
  kinds,
  sealer,
}: {
  readonly kinds: ErpKinds
  readonly sealer: Sealer
}): Pick<BooksDesk, 'kinds' | 'open' | 'secretsOf'> => ({
  kinds,
  open: (target) => {
    const { tenant, kind, settings } = target
    return kinds.open(kind, { tenant, settings, secrets: unsealed(sealer, target) })
  },
  secretsOf: (target) => readableSecrets(sealer, target),
})

/** Whoever takes statements there. Throws where nobody does: the target was another when they were filed. */
export const statementsOf = ({ statements }: Erp): Receiver<ClosedStatement> => {
  if (statements === undefined) throw new Error('it takes no statements')
  return statements
}
