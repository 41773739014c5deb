import type { RecordedEntry, Recording } from '../../core/domain/recording.ts'
import type { AuthorizationStatus } from '../../core/domain/authorization.ts'
import { type Token, tokenKey } from '../../core/domain/token.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { CertificateRequests } from '../../core/ports/certificate-requests.ts'
import type { Tokens } from '../../core/ports/tokens.ts'

interface Decision {
  readonly at: number
  readonly token: Token
}

/** Details of a recorded entry; nothing where they are none. */
export const detailsOf = ({ text }: RecordedEntry): Readonly<Record<string, unknown>> => {
  try {
    const details: unknown = JSON.parse(text)
    return typeof details === 'object' && details !== null ? (details as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/**
 * What was decided about each token, in place of the tokens themselves: whoever asks is told what was told then. Where
 * nothing was recorded, the session says how its own token fared.
 */
export const recordedTokens = ({ entries, stored }: Recording, clock: Clock): Tokens => {
  const decisions = new Map<string, Decision[]>()
  for (const entry of entries.filter(({ kind }) => kind === 'token')) {
    const { token: uid, parentIdTag: groupId, expiresAt } = detailsOf(entry)
    if (typeof uid !== 'string') continue
    const token: Token = {
      ...presented(uid, (entry.verdict ?? 'Invalid') as AuthorizationStatus),
      ...(typeof groupId === 'string' && { groupId }),
      ...(typeof expiresAt === 'number' && { expiresAt }),
    }
    const known = decisions.get(tokenKey(uid)) ?? []
    known.push({ at: entry.at, token })
    decisions.set(tokenKey(uid), known)
  }
  return {
    async find(_, uid) {
      const known = decisions.get(tokenKey(uid))
      if (known === undefined) return stored.authorization && presented(uid, stored.authorization)
      // it was decided when it was asked, or a moment later
      return (known.find(({ at }) => at >= clock.now()) ?? known.at(-1))?.token
    },
    // whether it charged elsewhere is in what was decided
    charging: async () => 0,
  }
}

/** A token that fares like this now. One that charged elsewhere as often as it may is one that may not at all here. */
const presented = (uid: string, status: AuthorizationStatus): Token => ({
  uid,
  issuer: '',
  type: 'RFID',
  ...unlike(status),
})

/** What a token must be for it to be told this, where that is no status of its own. */
const unlike = (status: AuthorizationStatus): Pick<Token, 'status' | 'mostSessions' | 'credit'> => {
  if (status === 'ConcurrentTx') return { status: 'Accepted', mostSessions: 0 }
  return status === 'NoCredit' ? { status: 'Accepted', credit: '0' } : { status }
}

/** Certificate requests fare as they did: what was refused is refused again. */
export const recordedRequests = ({ entries }: Recording): CertificateRequests => ({
  async fault(_, { csr }) {
    const [frames, quoted] = [entries.filter(({ kind }) => kind === 'frame'), JSON.stringify(csr)]
    // in 1.6 it may have come in the data of another message
    const forms = [quoted, JSON.stringify(quoted.slice(1, -1)).slice(1, -1)]
    const asked = frames.filter(
      ({ direction, text }) => direction === 'in' && forms.some((form) => text.includes(form)),
    )
    const isRefused = asked.some(({ messageId }) =>
      frames.some((frame) => frame.direction === 'out' && frame.messageId === messageId && isRejected(frame.text)),
    )
    return isRefused ? 'it was refused' : undefined
  },
})

const isRejected = (answer: string): boolean => /status\\?":\\?"Rejected/.test(answer)
