// What the roaming scripts of the console say for the words of the API, and how they write times, sizes and figures.

export const stateWords = {
  known: 'nothing done yet',
  invited: 'invited',
  connecting: 'looking at what it offers',
  offering: 'exchanging tokens',
  registered: 'registered',
  renewing: 'registered, new tokens on their way',
  failed: 'failed',
  ended: 'ended',
}

/** In the order in which a handshake looks at them. */
export const stepWords = {
  parties: 'Our own parties',
  address: 'Its address',
  versions: 'Its versions',
  version: 'A version that both speak',
  details: 'What it offers in this version',
  endpoints: 'The modules that its roles need',
  credentials: 'The exchange of tokens',
}

/** Who began an exchange, and what for. */
export const kindWords = {
  push: 'we told it',
  pull: 'we asked for objects',
  ask: 'we wanted something done',
  told: 'it told us',
  pulled: 'it asked for objects',
  asked: 'it wanted something done',
}

export const resultWords = { done: 'done', refused: 'refused', failed: 'failed', unclear: 'nobody knows' }

export const verdictWords = {
  matches: 'matches',
  differs: 'differs',
  uncomputable: 'cannot be worked out',
}

export const deliveryWords = {
  queued: 'waiting',
  sending: 'being sent',
  accepted: 'arrived',
  refused: 'refused',
  unclear: 'nobody knows',
  cancelled: 'not sent any more',
}

/** A word of the API as it is said; one that nobody here knows as it came. */
export const said = (words, word) => (Object.hasOwn(words, word) ? words[word] : String(word ?? '–'))

export const when = (iso) => (iso === null || iso === undefined ? '–' : new Date(iso).toLocaleString())

export const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`)

/** Text from a partner’s object, wherever it should stand; a dash where it does not. */
export const textOf = (value) =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)) ? String(value) : '–'

/** `{"ended":1,"new":2}` as "1 ended, 2 new"; what there is none of is not said. */
export const countsOf = (counts) =>
  Object.entries(counts)
    .filter(([, times]) => times > 0)
    .map(([what, times]) => `${times} ${what}`)
    .join(', ')
