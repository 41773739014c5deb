import type { AttemptOutcome } from '../../core/domain/delivery.ts'
import { ErpUnavailable, ErpUnclear, type Receiver } from '../../core/ports/erp.ts'

/**
 * One attempt to hand a document over, and what it came to; `asks`: the receiver is asked first whether it has it.
 * Never throws: what nobody has foreseen may have happened after the bytes had left, so it is unclear.
 */
export const attempt = async <Document>(
  receiver: Receiver<Document>,
  document: Document,
  { key, asks }: { readonly key: string; readonly asks: boolean },
): Promise<AttemptOutcome> => {
  try {
    const found = asks ? await receiver.find?.(document, key) : undefined
    if (found !== undefined) return { type: 'accepted', reference: found.reference, found: true }
    const verdict = await receiver.send(document, key)
    if (!verdict.accepted) return { type: 'refused', reason: verdict.reason }
    const { reference } = verdict
    return { type: 'accepted', ...(reference !== undefined && { reference }) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof ErpUnclear && error.reference !== undefined)
      return { type: 'unclear', reason, reference: error.reference }
    if (!(error instanceof ErpUnavailable)) return { type: 'unclear', reason }
    const { retryAfterMs } = error
    return { type: 'unavailable', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
}
