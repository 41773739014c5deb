import type { RecordedEntry } from '../../core/domain/recording.ts'
import { verdicts } from '../../core/domain/trace.ts'
import { type MessageShown, msOf, type SessionShown } from './shown.ts'

const nearMs = 5_000

/**
 * What the journal knows and the trace does not: frames that are not among the traced ones, and readings that no frame
 * holds, those that came at one moment as one MeterValues. The journal loses nothing; a trace may have been off.
 */
export const fromJournal = (
  { evse, transaction }: SessionShown,
  messages: readonly MessageShown[],
  traced: readonly RecordedEntry[],
): { readonly added: readonly RecordedEntry[]; readonly messages: number } => {
  const heard = new Map<string, number[]>()
  for (const { kind, direction, at, text } of traced)
    if (kind === 'frame' && direction === 'in') heard.set(text, [...(heard.get(text) ?? []), at])
  const isTraced = (text: string, at: number): boolean =>
    heard.get(text)?.some((then) => Math.abs(then - at) < nearMs) === true
  const frames = messages
    .filter(({ frame }) => frame !== null)
    .map(({ frame, receivedAt }) => ({ text: textOf(frame), at: msOf(receivedAt) }))
  const elements = new Set([...heard.keys(), ...frames.map(({ text }) => text)].flatMap(elementsOf))
  const lost = new Map<number, unknown[]>()
  for (const { reading, receivedAt } of messages)
    if (reading !== null && !elements.has(JSON.stringify(reading)))
      lost.set(msOf(receivedAt), [...(lost.get(msOf(receivedAt)) ?? []), reading])
  const added = [
    ...frames.filter(({ text, at }) => !isTraced(text, at)),
    ...[...lost].map(([at, meterValue], i) => ({
      at,
      text: JSON.stringify([
        2,
        `reading-${i + 1}`,
        'MeterValues',
        { connectorId: evse, ...(transaction !== null && { transactionId: Number(transaction) }), meterValue },
      ]),
    })),
  ].map(({ at, text }) => entryOf(at, text))
  return { added, messages: added.length }
}

const textOf = (frame: unknown): string => (typeof frame === 'string' ? frame : JSON.stringify(frame))

const entryOf = (at: number, text: string): RecordedEntry => {
  const [, id, action] = JSON.parse(text) as readonly unknown[]
  return {
    at,
    kind: 'frame',
    direction: 'in',
    action: String(action),
    messageId: String(id),
    verdict: verdicts.taken,
    text,
  }
}

/** The readings that a frame holds, each as its own text. */
const elementsOf = (text: string): readonly string[] => {
  if (!text.includes('"meterValue"') && !text.includes('"transactionData"')) return []
  try {
    const payload = (JSON.parse(text) as readonly unknown[])[3] as {
      readonly meterValue?: readonly unknown[]
      readonly transactionData?: readonly unknown[]
    }
    return [...(payload.meterValue ?? []), ...(payload.transactionData ?? [])].map((element) => JSON.stringify(element))
  } catch {
    return []
  }
}
