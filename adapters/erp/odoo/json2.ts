import { clean } from '../../../core/domain/text.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import { ErpUnavailable, ErpUnclear } from '../../../core/ports/erp.ts'
import { call, type HttpAnswer, type Resolve, retryAfterOf } from '../http.ts'

export interface Json2Options {
  /** Of the server, without `/json/2`. */
  readonly url: string
  readonly database?: string | undefined
  readonly apiKey: string
  readonly timeoutMs: number
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
}

/** A method of a model, and its arguments by name (`ids`: of the records that it is called on). */
export interface Json2Call {
  readonly model: string
  readonly method: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** It said no, and why: asked again it would say the same. */
export class OdooRefusal extends Error {
  override readonly name = 'OdooRefusal'
}

export interface Json2 {
  /** Leaves nothing behind: whatever goes wrong, nothing has arrived. */
  read(wanted: Json2Call): Promise<unknown>
  /** Throws `ErpUnclear` where it may have been done. */
  write(wanted: Json2Call): Promise<unknown>
}

/**
 * The External JSON-2 API of Odoo 19 and later: `POST /json/2/<model>/<method>`, the arguments by name in a JSON object,
 * the result as JSON. Each call is a transaction of its own.
 */
export const json2 = (options: Json2Options): Json2 => {
  const post = async (wanted: Json2Call): Promise<unknown> => {
    const { url, database, apiKey, timeoutMs, resolve } = options
    const answer = await call(resolve, {
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/json/2/${wanted.model}/${wanted.method}`,
      headers: {
        authorization: `bearer ${apiKey}`,
        'content-type': 'application/json; charset=utf-8',
        accept: 'application/json',
        'user-agent': 'Stationmaster',
        ...(database !== undefined && { 'x-odoo-database': database }),
      },
      body: new TextEncoder().encode(JSON.stringify(wanted.arguments)),
      timeoutMs,
    })
    return resultOf(answer, options.clock)
  }
  return {
    read: (wanted) =>
      post(wanted).catch((error: unknown) => {
        throw error instanceof ErpUnclear ? new ErpUnavailable(error.message) : error
      }),
    write: post,
  }
}

/** It has not looked at what was sent: not now, or not from us. */
const notNow = [401, 403, 407, 408, 425, 429, 503]

const resultOf = (answer: HttpAnswer, clock: Pick<Clock, 'now'>): unknown => {
  const { status, text, isWhole } = answer
  if (status === 200) {
    const result = isWhole ? jsonIn(text) : undefined
    if (result === undefined) throw new ErpUnclear('Odoo did not answer in JSON')
    return result.json
  }
  const said = `Odoo answered ${status}${messageIn(text)}`
  if (notNow.includes(status) || status < 400) throw new ErpUnavailable(said, retryAfterOf(answer, clock))
  if (status < 500) throw new OdooRefusal(said)
  throw new ErpUnclear(said)
}

const jsonIn = (text: string): { readonly json: unknown } | undefined => {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** The message of its error object; of what is none, the beginning. */
const messageIn = (text: string): string => {
  const { message } = (jsonIn(text)?.json ?? {}) as { readonly message?: unknown }
  const said = clean((typeof message === 'string' ? message : text).trim(), 400)
  return said === '' ? '' : `: ${said}`
}
