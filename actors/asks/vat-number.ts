import type { Asker } from './desk.ts'

/** Whether a VAT number is one; the answer names the same number and EVSE again (2.1 C18). */
export const vatNumber: Asker<'vatNumber'> = async (desk, link, asked, { number, evse }) => {
  const verdict = await desk.worker.vatNumbers.check(number)
  desk.answer(link, asked, 'vatNumber', { number, ...(evse !== undefined && { evse }), ...verdict })
}
