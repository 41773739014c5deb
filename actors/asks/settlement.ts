import type { Asker } from './desk.ts'

/** A payment's end: kept, and answered with where its receipt will be, where receipts are made here (2.1 C20–C22). */
export const settlement: Asker<'settlement'> = (desk, link, asked, ask) => {
  const { digest, settings } = desk.worker
  const { learnt = [], pspRef, isSettled } = ask
  const { receiptUrl } = settings
  if (receiptUrl === undefined || !isSettled)
    return desk.note(link, asked, ask, () => desk.answer(link, asked, 'settlement', {}))
  // the same for the same payment, however often it is told
  const receipt = digest.key(`receipt|${link.key}|${pspRef}`)
  const answer = { receiptId: receipt, receiptUrl: receiptUrl.replaceAll('{receipt}', receipt) }
  const named = learnt.map((change) =>
    change.type === 'items.put'
      ? { ...change, items: change.items.map((item) => ({ ...item, body: { ...item.body, ...answer } })) }
      : change,
  )
  const data = { ...ask.data, receipt }
  desk.note(link, asked, { ...ask, data, learnt: named }, () => desk.answer(link, asked, 'settlement', answer))
}
