import type { Asker } from './desk.ts'

/** Whether a certificate still counts: the responder's answer goes on as it came (M06). */
export const certificateStatus: Asker<'certificateStatus'> = async (desk, link, asked, { question }) => {
  const { responderUrl, ...hash } = question
  const { status, response, reason } = await desk.worker.plugAndCharge.status.ask({
    hash,
    source: 'ocsp',
    urls: [responderUrl],
  })
  if (reason !== undefined)
    desk.worker.log.warn('the status of a certificate is not known', { chargePoint: link.key, reason })
  const data = { serial: hash.serialNumber, status, ...(reason !== undefined && { reason }) }
  desk.note(link, asked, { topic: 'certificateStatus', data }, () =>
    desk.answer(link, asked, 'certificateStatus', response === undefined ? {} : { response }),
  )
}
