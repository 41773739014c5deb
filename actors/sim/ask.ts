import type { SimCommand } from '../../core/domain/sim-command.ts'
import {
  type SimProvider,
  SimUnavailable,
  SimUnclear,
  type SimVerdict,
  type UsagePeriod,
} from '../../core/ports/sim.ts'
import type { SimLook, SimOutcome } from '../../core/ports/sims.ts'

/** So many of a provider's notes are kept of each SIM. */
const mostEvents = 20

/** All that a provider knows of a SIM; undefined where it has it not. */
export const lookAt = async (
  provider: SimProvider,
  iccid: string,
  period: UsagePeriod,
): Promise<SimLook | undefined> => {
  const record = await provider.getSim(iccid)
  if (record === undefined) return undefined
  const connectivity = await provider.connectivity(iccid)
  const usage = await provider.usage(iccid, period)
  const events = await provider.events(iccid, mostEvents)
  return { record, usage: usage ?? [], events: events ?? [], ...(connectivity !== undefined && { connectivity }) }
}

interface How {
  readonly wakeUpText: string
  /** Looks at it, and writes down what there is. */
  readonly look: () => Promise<void>
}

/** Does what a command says, once; `because`: its provider could not be asked. */
export const outcomeOf = async (
  provider: SimProvider,
  { type, iccid }: SimCommand,
  { wakeUpText, look }: How,
): Promise<{ readonly event: SimOutcome; readonly because?: SimUnavailable }> => {
  const verdict = async (): Promise<SimVerdict> => {
    switch (type) {
      case 'reset':
        return provider.reset(iccid)
      case 'wakeUp':
        return provider.sendSms(iccid, wakeUpText)
      case 'activate':
        return provider.setState(iccid, 'active')
      case 'suspend':
        return provider.setState(iccid, 'suspended')
      case 'look':
        await look()
        return { accepted: true }
    }
  }
  try {
    const said = await verdict()
    return said.accepted
      ? { event: { type: 'accepted', ...(said.detail !== undefined && { detail: said.detail }) } }
      : { event: { type: 'refused', reason: said.reason } }
  } catch (error) {
    if (error instanceof SimUnclear) return { event: { type: 'unclear', reason: error.message } }
    if (!(error instanceof SimUnavailable)) throw error
    return { event: { type: 'unavailable', reason: error.message }, because: error }
  }
}
