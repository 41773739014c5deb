import type { Asker } from './desk.ts'

/** Whether a VAT number is one; the answer names the same number and EVSE again (2.1 C18). */
export const vatNumber: Asker<'vatNumber'> = async ({ worker, answer }, link, asked, { number, evse }) => {
  const verdict = await worker.vatNumbers.check(number)
  answer(link, asked, 'vatNumber', { number, ...(evse !== undefined && { evse }), ...verdict })
}
