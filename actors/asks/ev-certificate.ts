import { isTwo } from '../../core/ocpp/version.ts'
import type { ContractExchanged } from '../../core/ports/contract-certificates.ts'
import type { Desk, Asker } from './desk.ts'
import type { Link } from '../link.ts'

/** A vehicle's request to its contract pool, and back: asked first and kept then, for the vehicle waits (M01, M02). */
export const evCertificate: Asker<'evCertificate'> = async (desk, link, asked, exchange) => {
  const { plugAndCharge, log } = desk.worker
  const answer = fitting(desk, link, await plugAndCharge.contracts.exchange(exchange))
  const { accepted, reason } = answer
  if (reason !== undefined) log.warn('a vehicle got no contract certificate', { chargePoint: link.key, reason })
  const data = { action: exchange.action, accepted, ...(reason !== undefined && { reason }) }
  desk.note(link, asked, { topic: 'contractCertificate', data }, () =>
    desk.answer(link, asked, 'evCertificate', answer),
  )
}

/** What is longer than its station takes would be refused there: the vehicle is told at once (handbook §6 no. 41). */
const fitting = ({ worker }: Desk, link: Link, answer: ContractExchanged): ContractExchanged => {
  const { protocol } = link.seat
  const most = isTwo(protocol) && protocol !== 'ocpp2.0.1' ? longest : worker.settings.mostExi
  const { length } = answer.exiResponse
  if (length <= most) return answer
  return { accepted: false, exiResponse: '', reason: `the answer has ${length} characters: ${most} are taken` }
}

/** Of 2.1. */
const longest = 17_000
