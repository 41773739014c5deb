import type { OcpiVersion } from '../../../../core/domain/roaming-partner.ts'
import type { Kind, Objects } from '../../../../core/roaming/objects/index.ts'
import { fromWire } from '../../../../core/roaming/wire.ts'
import { type Answer, codes, refusal } from '../envelope.ts'

/** What a request carries, read as an object of ours; or the answer to one that is none, with all that is wrong with it. */
export const read = <K extends Kind>(
  body: string,
  kind: K,
  version: OcpiVersion,
): { readonly object: Objects[K] } | { readonly refused: Answer } => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return { refused: refusal(codes.invalid, 'the body is not JSON', 400) }
  }
  const { object, faults } = fromWire(value, { kind, version })
  if (object !== undefined) return { object }
  const said = faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')
  return { refused: refusal(codes.invalid, said.slice(0, 500)) }
}
