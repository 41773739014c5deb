import type { Asker } from './desk.ts'

/** Whether certificates still count: all are asked about at once, and each has its answer (2.1 M07). */
export const certificateChain: Asker<'certificateChain'> = async (desk, link, asked, { questions }) => {
  const { plugAndCharge, clock } = desk.worker
  const answers = await Promise.all(
    questions.map(async (question) => {
      const { nextUpdate = clock.now(), ...answer } = await plugAndCharge.status.ask(question)
      return { ...answer, question, nextUpdate }
    }),
  )
  const told = answers.map(({ question, status }) => ({ serial: question.hash.serialNumber, status }))
  desk.note(link, asked, { topic: 'certificateStatus', data: { certificates: told } }, () =>
    desk.answer(link, asked, 'certificateChain', { answers }),
  )
}
