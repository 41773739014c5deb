import { codes, notAllowed, refusal } from './envelope.ts'
import { type ListParts, type ListSender, listed } from './list-sender.ts'
import type { OcpiModule } from './module.ts'

/** A Sender interface that is nothing but a list. */
export const listOnly =
  ({ as, ...list }: ListSender & Pick<OcpiModule, 'as'>) =>
  (parts: ListParts): OcpiModule => ({
    module: list.module,
    role: 'SENDER',
    as,
    async answer(asked) {
      if (asked.path.length > 0) return refusal(codes.clientError, 'there is nothing at this path', 404)
      if (asked.method !== 'GET') return notAllowed(['GET'], `${asked.method} is not possible here`)
      return listed(parts, list, asked)
    },
  })
