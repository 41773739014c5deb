import { masked } from '../../core/ocpp/mask.ts'
import type { Digest } from '../../core/ports/digest.ts'

/** A text of the wire as the API shows it: masked, and as JSON where it is JSON. What is masked already stays as it is. */
export const shownFrame = (text: string, digest: Digest): unknown => {
  const shown = masked(text, digest)
  try {
    return JSON.parse(shown) as unknown
  } catch {
    return shown
  }
}
