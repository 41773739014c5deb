import type { Mailbox } from '../mailbox.ts'
import type { Charger } from './charger.ts'

/** How a station's CALLs get across, by its configuration; an unruly station has its own way of saying them. */
export const mailboxOf = (charger: Charger): ConstructorParameters<typeof Mailbox>[0] => {
  const { options, configuration, chaos } = charger
  const name = options.identity.slice(-12)
  let serial = 0
  const newId = (): string => `${name}-${(++serial).toString(36)}-${options.chance.integer(0, 1e9).toString(36)}`
  return {
    send: (text) => (chaos === undefined ? charger.dialogue.say(text) : chaos.send(text)),
    after: (ms, then) => charger.after(ms, then),
    newId: () => chaos?.usedId() ?? newId(),
    timeoutMs: options.timeoutMs ?? 30_000,
    get retryMs() {
      return configuration.number('TransactionMessageRetryInterval') * 1_000
    },
    get attempts() {
      return configuration.number('TransactionMessageAttempts')
    },
    width: chaos?.width ?? 1,
  }
}
