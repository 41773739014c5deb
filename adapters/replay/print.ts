import { formatInstant } from '../../core/domain/instant.ts'
import type { Difference, RecordedEntry, SessionAccount } from '../../core/domain/recording.ts'
import { wattHours } from '../../core/domain/units.ts'

/** A replay as lines for a terminal. Control characters of the wire never reach it (BI-28). */

const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 159)}…` : text)
const line = (at: number, mark: string, ...words: readonly (string | undefined)[]): string =>
  `${formatInstant(at).slice(0, 23).replace('T', ' ')}  ${mark} ${printable(words.filter((word) => word !== undefined && word !== '').join(' '))}`

/** `[2,"id","Action",{…}]` is shown by its payload: action and verdict stand before it. */
const payloadOf = (text: string): string => {
  try {
    const frame: unknown = JSON.parse(text)
    return Array.isArray(frame) ? JSON.stringify(frame.at(frame[0] === 4 ? 3 : -1)) : text
  } catch {
    return text
  }
}

/** What was heard or decided then. What we said then is not repeated: what we say now is shown. */
export const entryLine = (entry: RecordedEntry): string | undefined => {
  const { at, kind, direction, action, verdict, text } = entry
  if (kind !== 'frame') return line(at, '·', kind, action, verdict, short(text))
  if (direction === 'out') return undefined
  return line(
    at,
    '→',
    action ?? '',
    verdict === 'taken' || verdict === 'answered' ? '' : verdict,
    short(payloadOf(text)),
  )
}

/** What our worker says, now that it hears it again. */
export const saidLine = (at: number, text: string): string => {
  const [, action] = /^\[2,"[^"]*","([^"]*)"/.exec(text) ?? []
  return line(at, '←', action, short(payloadOf(text)))
}

export const stateLine = (at: number, state: string): string => line(at, ' ', '    ', state)
export const deadlineLine = (at: number, session: string, because: string): string =>
  line(at, '·', 'deadline', `session ${session} is closed without a stop:`, because)

const energyText = (mwh: number | undefined): string => (mwh === undefined ? 'no energy' : `${wattHours(mwh)} Wh`)

const names: Readonly<Record<Difference['of'], string>> = {
  state: 'state',
  energyMwh: 'energy in mWh',
  startedAt: 'start',
  endedAt: 'end',
  meterStartMwh: 'register at the start in mWh',
  meterStopMwh: 'register at the end in mWh',
  stopReason: 'reason of the stop',
  authorization: 'authorisation',
}

const shown = ({ of, replayed, stored }: Difference): string => {
  const text = (value: string | number | undefined): string =>
    value === undefined
      ? 'nothing'
      : of.endsWith('At') && typeof value === 'number'
        ? formatInstant(value)
        : String(value)
  return `  ${names[of]}: ${text(replayed)} here, ${text(stored)} stored`
}

/** How it came out, and whether that is what is stored. */
export const verdictLines = (
  replayed: SessionAccount | undefined,
  stored: SessionAccount,
  differences: readonly Difference[],
): readonly string[] => [
  replayed === undefined ? 'no session came of it' : `replayed: ${replayed.state}, ${energyText(replayed.energyMwh)}`,
  `stored:   ${stored.state}, ${energyText(stored.energyMwh)}`,
  ...(differences.length === 0
    ? ['session and energy agree with what is stored']
    : ['session and energy DO NOT agree with what is stored:', ...differences.map(shown)]),
]
