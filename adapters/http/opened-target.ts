import type { BooksDesk } from '../../core/ports/books.ts'
import type { ErpTarget } from '../../core/ports/deliveries.ts'
import type { Erp } from '../../core/ports/erp.ts'
import { Problem } from './problem.ts'

/** A target as something to send to; 409 where its settings or secrets cannot be read any more. */
export const openedBy = (books: Pick<BooksDesk, 'open'>, target: ErpTarget): Erp => {
  try {
    return books.open(target)
  } catch {
    throw new Problem(409, 'the settings of this target cannot be read any more: set them anew')
  }
}
