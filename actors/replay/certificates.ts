import { certificateVerdicts } from '../../core/domain/certificate.ts'
import type { Recording } from '../../core/domain/recording.ts'
import type { PlugAndCharge } from '../../core/ports/plug-and-charge.ts'
import { certificateStatuses, type StatusAnswer } from '../../core/ports/certificate-status.ts'

/** What was said of certificates then, in place of those who said it: nobody is asked again. */
export const recordedPlugAndCharge = (recording: Recording): PlugAndCharge => ({
  check: {
    async verdict(_, { certificate, hashes = [] }) {
      const told = answerTo(recording, certificate ?? hashes[0]?.serialNumber)
      const said = certificateVerdicts.find((verdict) => verdict === fieldOf(told, 'certificateStatus'))
      // that the contract is cancelled was the token's word, and is again
      return said === undefined || said === 'ContractCancelled' ? 'Accepted' : said
    },
  },
  contracts: {
    async exchange({ exiRequest }) {
      const exiResponse = fieldOf(answerTo(recording, exiRequest), 'exiResponse') ?? ''
      return { accepted: exiResponse !== '', exiResponse }
    },
  },
  status: {
    async ask({ hash: { serialNumber } }): Promise<StatusAnswer> {
      const told = answerTo(recording, serialNumber)
      const response = fieldOf(told, 'ocspResult')
      if (response !== undefined) return { status: 'good', response }
      // of several certificates each has its own
      const after = told.slice(told.indexOf(serialNumber))
      const status = certificateStatuses.find((one) => one === fieldOf(after, 'status')?.toLowerCase())
      const nextUpdate = Date.parse(fieldOf(after, 'nextUpdate') ?? '')
      return { status: status ?? 'failed', ...(Number.isFinite(nextUpdate) && { nextUpdate }) }
    },
  },
})

/** The answer to the first CALL that has this text in it, however deep it was quoted. */
const answerTo = ({ entries }: Recording, wanted = ''): string => {
  const frames = entries.filter(({ kind }) => kind === 'frame')
  const quoted = JSON.stringify(wanted).slice(1, -1)
  const asked = frames.find(
    ({ direction, text }) =>
      direction === 'in' &&
      wanted !== '' &&
      [quoted, JSON.stringify(quoted).slice(1, -1)].some((t) => text.includes(t)),
  )
  return frames.find(({ direction, messageId }) => direction === 'out' && messageId === asked?.messageId)?.text ?? ''
}

const fieldOf = (text: string, name: string): string | undefined =>
  new RegExp(String.raw`${name}[\\"]+\s*:\s*[\\"]+([^"\\]*)`).exec(text)?.[1]
