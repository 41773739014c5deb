import type { Mailbox } from '../mailbox.ts'
import type { Station } from './station.ts'

/** How a station's CALLs get across, by its device model (E13: attempts and their intervals). */
export const mailboxOf = (station: Station): ConstructorParameters<typeof Mailbox>[0] => {
  const { options, model, chaos } = station
  return {
    send: (text) =>
      station.dialogue.isSound(text) && (chaos === undefined ? station.dialogue.say(text) : chaos.send(text)),
    after: (ms, then) => station.after(ms, then),
    newId: () => chaos?.usedId() ?? station.newId(),
    timeoutMs: options.timeoutMs ?? 30_000,
    get retryMs() {
      return model.number('OCPPCommCtrlr/MessageAttemptInterval[TransactionEvent]') * 1_000
    },
    get attempts() {
      return model.number('OCPPCommCtrlr/MessageAttempts[TransactionEvent]')
    },
    width: chaos?.width ?? 1,
  }
}
