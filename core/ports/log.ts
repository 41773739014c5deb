/** Structured log lines, one an event: static text, values as attributes. Tokens only as pseudonyms. */
export interface Log {
  debug(event: string, attributes?: Readonly<Record<string, unknown>>): void
  info(event: string, attributes?: Readonly<Record<string, unknown>>): void
  warn(event: string, attributes?: Readonly<Record<string, unknown>>): void
  error(event: string, attributes?: Readonly<Record<string, unknown>>): void
}
