// How a handshake with a partner goes or went: step by step, what was looked at, what was found, and where it failed.

import { said, stateWords, stepWords } from './roaming-words.js'

const underWay = ['connecting', 'offering', 'renewing']

export const isUnderWay = ({ state }) => underWay.includes(state)

/** Each step with how it stands; while a handshake is under way also those that are still to come. */
const stepsOf = (partner) => {
  const done = partner.checks.map(({ step, passed, detail }) => ({
    what: said(stepWords, step),
    state: passed ? 'passed' : 'failed',
    detail,
  }))
  if (!isUnderWay(partner)) return done
  const seen = new Set(partner.checks.map(({ step }) => step))
  const left = Object.keys(stepWords).filter((step) => !seen.has(step))
  return [...done, ...left.map((step) => ({ what: stepWords[step], state: 'waiting', detail: '' }))]
}

/** In one sentence how it stands, and why it is not better. */
export const standingOf = (partner) => {
  const fault = partner.checks.find(({ passed }) => !passed)
  const why = fault === undefined ? '' : `: ${said(stepWords, fault.step)} – ${fault.detail}`
  if (partner.state === 'failed') return `It failed${why}`
  if (partner.state === 'registered' && fault !== undefined)
    return `Still registered, but the last attempt failed${why}`
  if (partner.state === 'ended' && fault !== undefined) return `Ended; the partner could not be told${why}`
  return partner.state === 'registered' && partner.version !== null
    ? `Registered, OCPI ${partner.version}`
    : said(stateWords, partner.state)
}

const marks = { passed: '✓', failed: '✗', waiting: '…' }
const spoken = { passed: 'passed', failed: 'failed', waiting: 'to come' }

export const checkNodes = (partner, element) =>
  stepsOf(partner).map(({ what, state, detail }) =>
    element(
      'li',
      { class: state },
      element('span', { 'aria-hidden': 'true' }, `${marks[state]} `),
      element('span', { class: 'hidden' }, `${spoken[state]}: `),
      detail === '' ? what : `${what}: ${detail}`,
    ),
  )
