import { afterEach, expect, it } from 'vitest'
import { attempt } from '../../actors/delivery/attempt.ts'
import { decide } from '../../actors/delivery/decide.ts'
import { type Delivery, deliveryKey, mostAttempts } from '../../core/domain/delivery.ts'
import type { SealedDocument } from '../../core/domain/document.ts'
import { type Erp, ErpUnavailable } from '../../core/ports/erp.ts'
import { sampleDocument } from '../support/documents.ts'

/** What a receiver may do once, with the next request that brings a document or a part of one, in place of what it should. */
export const mishaps = {
  /** Takes it, and answers long after the sender has stopped listening. */
  slow: 'answers too late',
  /** Cuts the line before it has read anything. */
  resetBefore: 'cuts the line before it reads',
  /** Takes it, and cuts the line in place of an answer. */
  resetAfter: 'cuts the line after it has taken it',
  /** Does not take it, and says to come again in two seconds. */
  busy: 'has no time',
  /** Does not take it: an error of its own. */
  broken: 'has an error of its own',
  /** Takes it, and says that it had an error. */
  brokenAfter: 'has an error of its own after it has taken it',
  /** Takes it, and answers something that no such receiver answers. */
  wrongBody: 'takes it and answers nonsense',
  /** Takes it, and breaks off in the middle of its answer. */
  truncated: 'takes it and breaks off in the middle of its answer',
  /** Takes it, and does not stop answering. */
  huge: 'takes it and does not stop answering',
  /** Does not take it, and sends the sender elsewhere: to `elsewhere`, which must never hear of it. */
  redirect: 'sends it elsewhere',
} as const
export type Mishap = keyof typeof mishaps

/** A receiver of a test, and an adapter that is pointed at it. */
export interface Receiver {
  /** With a time-out of about half a second. */
  readonly erp: Erp
  /** The next request goes wrong like this. */
  readonly next: (mishap: Mishap) => void
  /** From now on it takes no document, and says why. Absent where nothing is ever refused (a folder). */
  readonly refuse?: (reason: string) => void
  /** The numbers of the documents in its books, each as often as it is there, in any order. */
  readonly books: () => Promise<readonly number[]> | readonly number[]
  /** What came to where a redirect led to; 0 where there is no such thing. */
  readonly elsewhere?: () => number
  /** It goes away: from now on nobody answers. Called once at the end of every test. */
  readonly close: () => Promise<void>
}

/**
 * What every adapter to an ERP must do, whatever its receiver does: in the end each document is in the books exactly once.
 *
 * How to use it: write `make`, which starts a small server of the receiver's kind on loopback with empty books and an
 * adapter that points at it; call `erpContract(make)` inside a `describe`. The suite sends documents as the product does
 * (actors/delivery: the machine decides, `attempt` sends), lets the receiver go wrong once, and goes on until the delivery
 * rests; where the guard is `none` it plays the person who looks into the books. `skips` names what cannot happen to this
 * kind of receiver (`refusal`: it never refuses anything), each with its reason. What is special about an adapter (signatures, names, formats) is tested beside it.
 */
export const erpContract = (
  make: () => Promise<Receiver>,
  skips: Readonly<Partial<Record<Mishap | 'refusal', string>>> = {},
): void => {
  let receiver: Receiver | undefined
  const started = async (): Promise<Receiver> => (receiver = await make())
  afterEach(async () => {
    await receiver?.close()
    receiver = undefined
  })

  it('takes a document once, and knows it when it comes again', async () => {
    const { erp, books } = await started()
    const document = sampleDocument(1)
    const key = deliveryKey({ document: document.id })
    expect(await erp.send(document, key)).toMatchObject({ accepted: true })
    if (erp.guard === 'key' || erp.guard === 'name')
      expect(await erp.send(document, key)).toMatchObject({ accepted: true })
    if (erp.guard === 'lookup') expect(await erp.find?.(document, key)).toEqual({ reference: expect.any(String) })
    expect(await books()).toEqual([1])
  })

  it('knows a credit from the CDR that it takes back', async () => {
    const { erp, books } = await started()
    const documents = [sampleDocument(1), sampleDocument(2, { creditOf: 1 })]
    for (const document of documents) await delivered(erp, document, books)
    expect((await books()).toSorted((a, b) => a - b)).toEqual([1, 2])
  })

  it('has a way to ask where it says so, and says nothing of what is not there', async () => {
    const { erp } = await started()
    expect(erp.find !== undefined).toBe(erp.guard === 'lookup')
    const document = sampleDocument(1)
    expect(await erp.find?.(document, deliveryKey({ document: document.id }))).toBeUndefined()
  })

  it('says for certain that nothing has arrived where nobody is', async () => {
    const { erp, close } = await started()
    await close()
    const document = sampleDocument(1)
    await expect(erp.send(document, deliveryKey({ document: document.id }))).rejects.toThrow(ErpUnavailable)
  })

  it.skipIf(skips.refusal !== undefined)('passes on why a document is refused, and has it nowhere', async () => {
    const { erp, refuse, books } = await started()
    refuse?.('the period is closed')
    const document = sampleDocument(1)
    const verdict = await erp.send(document, deliveryKey({ document: document.id }))
    expect(verdict).toEqual({ accepted: false, reason: expect.stringContaining('the period is closed') })
    expect(await books()).toEqual([])
  })

  const possible = (Object.keys(mishaps) as readonly Mishap[]).filter((mishap) => skips[mishap] === undefined)
  it.each(possible.map((mishap) => ({ mishap, what: mishaps[mishap] })))(
    'F-22 INV-41: of a receiver that $what the books have each document once',
    async ({ mishap }) => {
      const { erp, next, books, elsewhere } = await started()
      next(mishap)
      const states = []
      for (const number of [1, 2]) states.push(await delivered(erp, sampleDocument(number), books))
      expect((await books()).toSorted((a, b) => a - b)).toEqual([1, 2])
      expect(states).toEqual(['accepted', 'accepted'])
      expect(elsewhere?.() ?? 0).toBe(0)
    },
  )

  it.skipIf(skips.busy !== undefined)('F-22: says when to come again where it was told', async () => {
    const { erp, next } = await started()
    next('busy')
    const document = sampleDocument(1)
    const error: unknown = await erp.send(document, deliveryKey({ document: document.id })).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ErpUnavailable)
    expect((error as ErpUnavailable).retryAfterMs).toBe(2_000)
  })
}

/** Sends a document until its delivery rests, as the product does; answers how it rests. */
export const delivered = async (
  erp: Erp,
  document: SealedDocument,
  books: Receiver['books'],
): Promise<Delivery['state']> => {
  const { tenant, id, number } = document
  let delivery: Delivery = {
    tenant,
    target: 'books',
    document: id,
    number,
    state: 'queued',
    attempts: 0,
    forgiven: 0,
    isDoubtful: false,
    changedAt: 0,
  }
  for (let at = 0; at < mostAttempts; at++) {
    const begun = decide(delivery, erp.guard, { type: 'due' }, { at, spread: 0 })
    if (begun === undefined) return delivery.state
    const outcome = await attempt(erp, document, { key: deliveryKey(delivery), asks: begun.asks })
    delivery = decide(begun.delivery, erp.guard, outcome, { at, spread: 0 })?.delivery ?? begun.delivery
    if (delivery.state === 'unclear') {
      const isThere = (await books()).includes(number)
      delivery =
        decide(delivery, erp.guard, { type: isThere ? 'arrived' : 'retry' }, { at, spread: 0 })?.delivery ?? delivery
    }
  }
  return delivery.state
}
