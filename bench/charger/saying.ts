import type { Books } from './books.ts'
import type { Unruly } from './chaos/unruly.ts'
import type { Line } from './line.ts'

/** What a station of any version needs to say something on its socket. */
interface Saying {
  readonly line: Line
  readonly books: Books
  readonly chaos: Unruly | undefined
  after(ms: number, then: () => void): void
}

/** Puts a CALL of the station on the socket; false where there is none. */
export const sayCall = ({ line, books }: Saying, text: string): boolean => {
  if (!line.isOpen) return false
  const [, id, action] = JSON.parse(text) as [number, string, string]
  books.sent(id, action)
  return line.send(text)
}

/** An order is carried out once its answer is out; one whose socket is gone meanwhile is carried out all the same. */
export const sayAnswer = (station: Saying, text: string, then?: () => unknown): void => {
  const { line, chaos } = station
  const { socket } = line
  const say = (): void => {
    if (line.socket === socket) line.send(text)
    then?.()
  }
  const lateMs = chaos?.answersLateBy() ?? 0
  if (lateMs === 0) say()
  else station.after(lateMs, say)
}
