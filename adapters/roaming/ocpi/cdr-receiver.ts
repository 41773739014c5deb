import { ErpUnavailable, ErpUnclear, type Receiver } from '../../../core/ports/erp.ts'
import type { CallModule, ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import type { RoamingCdr } from '../../../core/ports/roaming-cdrs.ts'
import { cdrsUrlOf, isCdr, isOfModule } from './cdr-location.ts'

const timeoutMs = 20_000

/** With these it is not the account that is refused, but the way to it: it may be open again later. */
const ofTheWay: readonly number[] = [401, 403, 404, 405, 407, 408]

const isOfTheWay = (status: number): boolean => ofTheWay.includes(status) || (status >= 300 && status < 400)

/**
 * The CDRs module of a partner (OCPI 2.3.0 mod_cdrs, Receiver interface). An account is one by its id, however often it
 * comes. Where the partner has said under which address it keeps one, that is looked at before it is sent again.
 */
export const cdrReceiver = (call: CallModule): Receiver<RoamingCdr> => ({
  guard: 'lookup',

  async send(cdr) {
    const { text, fault = '', losses } = cdr
    if (text === undefined) return { accepted: false, reason: fault }
    const reply = await call(cdr.partner, { ...callOf(cdr), method: 'POST', text, losses })
    if (reply.type === 'refused' && !isOfTheWay(reply.status)) return { accepted: false, reason: reply.reason }
    if (reply.type === 'unclear') throw new ErpUnclear(reply.reason, locationIn(reply, cdr))
    if (reply.type !== 'done') throw new ErpUnavailable(reply.reason, waitIn(reply))
    const reference = locationIn(reply, cdr)
    return { accepted: true, ...(reference !== undefined && { reference }) }
  },

  async find(cdr) {
    const { location } = cdr
    if (location === undefined || !isOfModule(location, cdr.partner)) return undefined
    const reply = await call(cdr.partner, { ...callOf(cdr), method: 'GET', url: location })
    if (reply.type === 'done') return isCdr(reply.data, cdr.id) ? { reference: location } : undefined
    if (reply.type === 'refused') return undefined
    throw new ErpUnavailable(reply.reason, waitIn(reply))
  },
})

const callOf = ({ id, from, to, attempt }: RoamingCdr): Omit<ModuleCall, 'method'> => ({
  module: 'cdrs',
  role: 'RECEIVER',
  kind: 'push',
  object: id,
  from,
  to,
  attempt,
  timeoutMs,
})

const waitIn = (reply: ModuleReply): number | undefined => (reply.type === 'failed' ? reply.retryAfterMs : undefined)

/** The address may be given as seen from that of the module. */
const locationIn = (reply: ModuleReply, cdr: RoamingCdr): string | undefined => {
  const said = 'headers' in reply ? reply.headers?.['location'] : undefined
  const base = cdrsUrlOf(cdr.partner)
  if (said === undefined || !URL.canParse(said, base)) return undefined
  const { href } = new URL(said, base)
  return href.length <= longest ? href : undefined
}

const longest = 255
