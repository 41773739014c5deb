import { complaints } from '../support/payloads.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import { codes, frameCodes, type Owed } from './owed.ts'
import { clip } from './tally.ts'

/** Whoever hears of what must not be. */
export type Complain = (what: string) => void

export interface Answer {
  readonly id: string
  /** CALLRESULT, or the code of a CALLERROR. */
  readonly kind: string
  readonly payload: unknown
}

/** A frame that was said, and what it is owed. */
export type Debt = Owed & { readonly text: string }

/** What we said, where it is an answer; whatever else it is, but for a CALL of ours, is a failure. */
export const answerIn = (text: string, protocol: Protocol, complain: Complain): readonly Answer[] => {
  let frame: readonly unknown[]
  try {
    frame = JSON.parse(text) as readonly unknown[]
  } catch {
    complain(`we said what is not JSON: ${clip(text)}`)
    return []
  }
  const [type, id, second] = frame
  if (type === 2) return []
  if (typeof id === 'string' && type === 3 && frame.length === 3) return [{ id, kind: 'CALLRESULT', payload: second }]
  if (typeof id !== 'string' || typeof second !== 'string' || !isError(frame)) {
    complain(`we said what is no answer: ${clip(text)}`)
    return []
  }
  if (!codes[protocol].includes(second)) complain(`there is no code ${second}`)
  if (second === 'InternalError') complain('something was thrown, and answered with InternalError')
  return [{ id, kind: second, payload: undefined }]
}

const isError = ([type, , , description, details, ...more]: readonly unknown[]): boolean =>
  type === 4 &&
  typeof description === 'string' &&
  description.length <= 255 &&
  JSON.stringify(details) === '{}' &&
  more.length === 0

/** Holds what was answered against what was owed; on a socket that was hung up on meanwhile less may have been said. */
export const settleUp = (
  answers: readonly Answer[],
  debts: readonly Debt[],
  {
    isOpen,
    protocol,
    complain,
  }: { readonly isOpen: boolean; readonly protocol: Protocol; readonly complain: Complain },
): void => {
  for (const id of new Set([...debts, ...answers].map((one) => one.id))) {
    const owed = debts.filter((one) => one.id === id)
    const paid = answers.filter((one) => one.id === id)
    // the same text again while the first is unanswered is the same CALL (BI-35)
    const least = isOpen ? new Set(owed.map(({ text }) => text)).size : 0
    if (paid.length > owed.length || paid.length < least)
      complain(`${paid.length} answers to ${owed.length} CALLs under ${JSON.stringify(id).slice(0, 50)}`)
    const [only] = owed
    if (only !== undefined && owed.length === 1) for (const answer of paid) judge(only, answer, protocol, complain)
  }
}

const judge = ({ action, text }: Debt, { kind, payload }: Answer, protocol: Protocol, complain: Complain): void => {
  const isOfFrame = frameCodes[protocol].includes(kind)
  if (action === undefined && !isOfFrame) complain(`${kind} to what is no whole CALL: ${clip(text)}`)
  if (action !== undefined && isOfFrame) complain(`${kind} to a whole CALL: ${clip(text)}`)
  if (action === undefined || kind !== 'CALLRESULT') return
  for (const complaint of complaints(`${action}Response`, payload, protocol))
    complain(`not valid: ${complaint}, in the answer to ${clip(text)}`)
}
