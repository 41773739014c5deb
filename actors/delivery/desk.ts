import type { BooksDesk } from '../../core/ports/books.ts'
import { decide } from './decide.ts'

/** What people decide about deliveries goes through the same machine as everything else. */
export const booksDesk = (parts: Pick<BooksDesk, 'kinds' | 'open' | 'secretsOf'>): BooksDesk => ({
  ...parts,
  wished: (delivery, wish, { guard, at }) => decide(delivery, guard, wish, { at, spread: 0 }),
  replayed(delivery, { guard, again, at }) {
    // what is unclear is for somebody to look at first; what waits is on its way
    if (delivery.state === 'unclear' || delivery.state === 'queued') return undefined
    const wish = { type: delivery.state === 'accepted' && again ? 'again' : 'retry' } as const
    return decide(delivery, guard, wish, { at, spread: 0 })
  },
})
