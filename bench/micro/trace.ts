import { TraceRing } from '../../actors/trace-ring.ts'
import { createDigest } from '../../adapters/digest.ts'
import { masked } from '../../core/ocpp/mask.ts'

/** The two things that a frame may cost the trace: a place in memory, and its mask before it is stored. */
export const traceParts = () => {
  const ring = new TraceRing(64)
  const owner = ring.ownerOf('bench')
  const digest = createDigest(new Uint8Array(32))
  const at = Date.now()
  return {
    keep: (action: string, text: string): void =>
      ring.add(owner, at, { kind: 'frame', direction: 'in', action, messageId: '1', verdict: 'taken', text }),
    mask: (text: string): string => masked(text, digest),
  }
}
