import { z } from 'zod'
import { iccidSpellings } from '../../core/domain/iccid.ts'
import { type SimProvider, type SimRecord, SimUnavailable } from '../../core/ports/sim.ts'
import type { SimKind } from '../../core/ports/sim-kinds.ts'
import { baseUrl, dealings, kindOf, timeoutS } from './kind.ts'
import { type Answer, type Asked, listOf, type Loose, looseOf, sessionOf, type SimOutside, textOf } from './session.ts'
import { connectivityOf, eventsOf, recordOf, usageOf, verdictOf } from './words.ts'

const settingsOf = ({ namedHosts }: SimOutside) =>
  z.strictObject({
    url: baseUrl('https://api.1nce.com/management-api', namedHosts),
    timeoutS,
    // how often it may be asked is not published: an assumption, and it says so itself with 429 and Retry-After
    ...dealings(600, 60),
  })

const secrets = z.strictObject({
  /** Of a user who may use the API. */
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(200),
})

const mostListed = 100

/**
 * 1NCE, by its public descriptions (Authorization 2.1, SIM Management v2; usage from v1, which v2 has not): a token for
 * `client_credentials` with user and password as Basic, for as long as `expires_in` says; `status` Enabled or Disabled, and
 * of the network ONLINE, ATTACHED, OFFLINE or BLOCKED; a reset is only queued. Assumed: that an ICCID without its check
 * digit names a card; that days of usage are days of UTC; that a SIM which was never activated has no `activation_date`.
 */
export const oneNceKind = (outside: SimOutside): SimKind =>
  kindOf({ settings: settingsOf(outside), secrets }, ({ settings: given, secrets: kept, access, turn }) => {
    const secret = Buffer.from(`${kept.username}:${kept.password}`).toString('base64')
    return oneNce(
      sessionOf({
        outside,
        name: `${access.tenant}/${access.id}`,
        turn,
        url: given.url,
        timeoutMs: given.timeoutS * 1_000,
        secret,
        login: {
          path: '/oauth/token',
          headers: { authorization: `Basic ${secret}` },
          body: { grant_type: 'client_credentials' },
          read: (json, now) => tokenIn(looseOf(json), now),
        },
      }),
    )
  })

const tokenIn = (said: Loose, now: number): { readonly text: string; readonly until: number } | undefined => {
  const { access_token: text, expires_in: seconds } = said
  if (typeof text !== 'string' || text === '') return undefined
  return { text, until: now + (typeof seconds === 'number' && seconds > 0 ? seconds : 60) * 1_000 }
}

const oneNce = (ask: (asked: Asked) => Promise<Answer>): SimProvider => {
  const read = async (path: string): Promise<unknown> => {
    const answer = await ask({ method: 'GET', path, reads: true })
    return answer.type === 'answered' ? answer.json : undefined
  }
  const write = async (method: 'POST' | 'PUT', path: string, body?: unknown) =>
    verdictOf(await ask({ method, path, reads: false, ...(body !== undefined && { body }) }))
  const sim = (iccid: string, version = 2): string => `/v${version}/sims/${iccid}`
  return {
    async getSim(iccid) {
      // it may know the card by another of its spellings
      for (const spelling of iccidSpellings(iccid)) {
        const found = await read(sim(spelling))
        if (found !== undefined) return simOf(looseOf(found), iccid)
      }
      return undefined
    },
    async connectivity(iccid) {
      const said = await read(`${sim(iccid)}/status`)
      return said === undefined ? undefined : connectivityOf(said)
    },
    async usage(iccid, { from, to }) {
      const said = await read(`${sim(iccid, 1)}/usage?start_dt=${from}&end_dt=${to}`)
      return said === undefined ? undefined : usageOf(looseOf(said)['stats'] ?? [])
    },
    sendSms: (iccid, payload) => write('POST', `${sim(iccid)}/sms`, { source_address: '1234567890', payload }),
    setState: (iccid, state) =>
      write('PUT', sim(iccid), { iccid, status: state === 'active' ? 'Enabled' : 'Disabled' }),
    reset: (iccid) => write('POST', `${sim(iccid)}/reset`),
    async events(iccid, most) {
      const said = await read(`${sim(iccid)}/events?page=1&pageSize=${Math.min(most, 1_000)}`)
      return said === undefined ? undefined : eventsOf(said, most)
    },
    async list(cursor = '1') {
      const answer = await ask({ method: 'GET', path: `/v2/sims?page=${cursor}&pageSize=${mostListed}`, reads: true })
      if (answer.type !== 'answered') return { sims: [] }
      const all = listOf(answer.json)
      const pages = Number(answer.headers['x-total-pages'])
      const page = Number(cursor)
      const isLast = Number.isSafeInteger(pages) && pages > 0 ? page >= pages : all.length < mostListed
      return {
        sims: all.flatMap((one) => simOf(one) ?? []),
        ...(!isLast && { next: String(page + 1) }),
      }
    },
  }
}

/** Where it was asked for one, it must be that one. */
const simOf = (said: Loose, wanted?: string): SimRecord | undefined => {
  const isOn = said['status'] === 'Enabled'
  const state = isOn ? 'active' : textOf(said['activation_date']) === undefined ? 'inactive' : 'suspended'
  const { current_imsi: current } = said
  const record = recordOf({ ...said, ...(textOf(current) !== undefined && { imsi: current }) }, state)
  if (wanted !== undefined && (record?.iccid !== wanted || said['status'] === undefined))
    throw new SimUnavailable('its answer is not about the SIM that was asked for')
  return record
}
