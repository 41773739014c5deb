/** What a station said, for jsonb: PostgreSQL takes neither U+0000 nor half a character there, in names as in values. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/\\(?:u0000|(ud[89a-f]..)|.)/g, (escape, half?: string) =>
    half === undefined ? (escape === '\\u0000' ? '' : escape) : '\ufffd',
  )
