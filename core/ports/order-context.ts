import type { Command } from '../domain/command.ts'
import type { OrderContext } from '../ocpp/dialect.ts'

/** What an order needs to know of the world before it can be put into words; read when it is sent, not when it is given. */
export interface OrderContexts {
  /** Answers why it cannot be sent at all, where it cannot: the session is over, the file is not there. */
  of(command: Command): Promise<Omit<OrderContext, 'now' | 'number'> | { readonly impossible: string }>
  /** Whether a remote start presents a tag of its own there, and not the token. */
  presentsTag(command: Pick<Command, 'tenant' | 'identity'>): Promise<boolean>
}
