import type { Station } from '../station.ts'

/** What a station answers to an order, and what it does once the answer is out; or why it cannot take it. */
export type Reply<Answer extends object = object> =
  | { readonly answer: Answer; readonly then?: (() => unknown) | undefined }
  | { readonly refusal: string; readonly description: string }

/** The answers to some actions, under their names on the wire. */
export type Answers = Readonly<Record<string, (station: Station, payload: never) => Reply>>

export const status = <Status extends string>(
  word: Status,
  then?: () => unknown,
): { readonly answer: { status: Status }; readonly then?: (() => unknown) | undefined } => ({
  answer: { status: word },
  then,
})
