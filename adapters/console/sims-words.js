// What the scripts about SIM cards say for the words of the API.

export const causeWords = {
  none: 'connected and ready',
  simInactive: 'its SIM is off or blocked',
  notAttached: 'no network has it',
  noDataSession: 'a network has it, but no connection for data',
  noOcpp: 'a connection for data, but no OCPP',
  ocppNotReady: 'OCPP, but not ready',
  noSim: 'its SIM is not known',
  unknown: 'too little is known',
}

export const certaintyWords = {
  sure: '',
  stale: 'what this rests on is old',
  contradicting: 'what is known does not go together',
}

export const witnessWords = { station: 'the charge point', provider: 'its provider', server: 'this server' }

export const simStateWords = {
  unknown: 'not known',
  inactive: 'never switched on',
  active: 'active',
  suspended: 'switched off',
  blocked: 'blocked',
  retired: 'retired',
}

export const actWords = {
  look: 'Ask its provider',
  reset: 'Reset its connection',
  wakeUp: 'Wake up by SMS',
  activate: 'Switch on',
  suspend: 'Switch off',
}

export const commandWords = {
  queued: 'waits to be sent',
  sent: 'being sent',
  waiting: 'done; the charge point is waited for',
  succeeded: 'succeeded',
  rejected: 'its provider does not do it',
  failed: 'the charge point has not come',
  unclear: 'nobody knows whether it was done',
  notSent: 'its provider could not be asked in time',
}

/** A word of the API as it is said; one that nobody here knows as it came. */
export const said = (words, word) => (Object.hasOwn(words, word) ? words[word] : String(word ?? '–'))

export const when = (iso) => (iso === null || iso === undefined ? '–' : new Date(iso).toLocaleString())

/** How long ago: `3 min`, `5 h`, `2 days`. */
export const age = (seconds) => {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`
}
