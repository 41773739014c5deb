import type { Log } from '../core/ports/log.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

interface LogOptions {
  readonly level: LogLevel
  readonly format: 'pretty' | 'json'
  readonly write: (line: string) => void
}

/**
 * One line an event: JSON for machines, columns for people. What would break the line, turn it around or command the
 * terminal is written as its number (BI-28).
 */
export const createLog = ({ level, format, write }: LogOptions): Log => {
  const line = format === 'json' ? jsonLine : prettyLine
  const at =
    (mine: LogLevel) =>
    (event: string, attributes: Readonly<Record<string, unknown>> = {}): void => {
      if (levels.indexOf(mine) >= levels.indexOf(level)) write(line(mine, event, attributes))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const jsonLine = (level: LogLevel, event: string, attributes: Readonly<Record<string, unknown>>): string =>
  printable(JSON.stringify({ at: new Date().toISOString(), level, event, ...attributes }))

const marks: Readonly<Record<LogLevel, string>> = { debug: '·', info: ' ', warn: '!', error: '✗' }

const prettyLine = (level: LogLevel, event: string, attributes: Readonly<Record<string, unknown>>): string => {
  const words = Object.entries(attributes).map(
    ([key, value]) => `${key}=${printable(typeof value === 'string' ? value : JSON.stringify(value))}`,
  )
  return `${new Date().toTimeString().slice(0, 8)} ${marks[level]} ${event.padEnd(26)} ${words.join('  ')}`
}

const printable = (text: string | undefined): string =>
  (text ?? '').replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
