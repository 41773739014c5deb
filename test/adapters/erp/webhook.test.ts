import { createHash } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { webhookKind } from '../../../adapters/erp/webhook.ts'
import type { SealedDocument } from '../../../core/domain/document.ts'
import { ErpUnavailable } from '../../../core/ports/erp.ts'
import { erpContract, type Receiver } from '../../contracts/erp.ts'
import { sampleStatement } from '../../support/closed-statements.ts'
import { sampleDocument } from '../../support/documents.ts'
import { type GivenAnswer, type HeardRequest, startHttpReceiver } from '../../support/http-receiver.ts'

const signingSecret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`
const anywhere = async () => [{ address: '127.0.0.1', family: 4 }]
const clock = { now: () => Date.now() }

const openAt = (url: string, settings: Readonly<Record<string, unknown>> = {}, resolve = anywhere) =>
  webhookKind({ resolve, clock }).open({
    tenant: 'default',
    settings: { url, timeoutS: 1, ...settings },
    secrets: { signingSecret },
  })

/** An ERP behind a webhook: checks signatures, and takes an id once where it is one that deduplicates. */
const books = (deduplicates: boolean, answers: (number: number) => GivenAnswer) => async (): Promise<Receiver> => {
  const entries: { readonly id: string; readonly number: number }[] = []
  let refusal: string | undefined
  const receiver = await startHttpReceiver({
    answer({ headers, body }) {
      const { number } = new Webhook(signingSecret).verify(body, headers) as SealedDocument
      if (refusal !== undefined) return { status: 422, body: refusal }
      const id = headers['webhook-id'] ?? ''
      const isKnown = entries.some((entry) => entry.id === id)
      if (isKnown && deduplicates) return { status: 409, body: JSON.stringify({ reference: `RE-${number}` }) }
      entries.push({ id, number })
      return answers(number)
    },
  })
  return {
    ...receiver,
    erp: openAt(`${receiver.url}/documents`, { deduplicates }),
    refuse: (reason) => void (refusal = reason),
    books: () => entries.map(({ number }) => number),
  }
}

describe('a webhook whose receiver takes an id once', () => {
  erpContract(books(true, (number) => ({ status: 201, body: JSON.stringify({ reference: `RE-${number}` }) })))
})

describe('a webhook whose receiver takes whatever comes', () => {
  erpContract(books(false, () => ({ status: 204 })))
})

describe('a webhook', () => {
  const document = sampleDocument(7)
  const told = async (answer: GivenAnswer, settings = {}) => {
    const heard: HeardRequest[] = []
    const receiver = await startHttpReceiver({ answer: (request) => (heard.push(request), answer) })
    const verdict: unknown = await openAt(`${receiver.url}/in?x=1`, settings)
      .send(document, document.id)
      .catch((error: unknown) => error)
    await receiver.close()
    return { verdict, heard: heard[0] as HeardRequest, count: heard.length }
  }

  it('brings the exact bytes of the document, signed, under its key', async () => {
    const { heard } = await told({ status: 200 }, { headers: { 'X-Company': '7' } })
    expect(new Uint8Array(heard.body)).toEqual(document.bytes)
    expect(heard).toMatchObject({ method: 'POST', path: '/in?x=1' })
    expect(heard.headers).toMatchObject({
      'webhook-id': document.id,
      'content-type': 'application/json',
      'content-digest': `sha-256=:${createHash('sha256').update(document.bytes).digest('base64')}:`,
      'x-company': '7',
    })
    expect(() => new Webhook(signingSecret).verify(heard.body, heard.headers)).not.toThrow()
  })

  it('brings a statement as it brings a document: its bytes say by their format which it is', async () => {
    const statement = sampleStatement()
    const heard: HeardRequest[] = []
    const receiver = await startHttpReceiver({ answer: (request) => (heard.push(request), { status: 201 }) })
    const { statements } = openAt(receiver.url, { deduplicates: false })
    const verdict = await statements?.send(statement, statement.id)
    await receiver.close()
    expect([statements?.guard, verdict]).toEqual(['none', { accepted: true }])
    const [{ headers, body }] = heard as [HeardRequest]
    expect([headers['webhook-id'], new Uint8Array(body)]).toEqual([statement.id, statement.bytes])
    expect(new Webhook(signingSecret).verify(body, headers)).toMatchObject({ format: 'stationmaster-statement-1' })
  })

  it('passes on the number that the receiver gives it, and nothing else of its answer', async () => {
    const answers = ['{"reference":"RE-1\\u0000"}', '{"reference":17}', '{"reference":{}}', '[]', 'null', '{"ref', '']
    const verdicts = []
    for (const body of answers) verdicts.push((await told({ status: 200, body })).verdict)
    const plain = { accepted: true }
    expect(verdicts).toEqual([
      { accepted: true, reference: 'RE-1' },
      { accepted: true, reference: '17' },
      plain,
      plain,
      plain,
      plain,
      plain,
    ])
  })

  it.each([400, 402, 404, 410, 422])('is refused by %i, with what it says', async (status) => {
    const { verdict } = await told({ status, body: 'no such customer' })
    expect(verdict).toEqual({ accepted: false, reason: `it answered ${status}: no such customer` })
  })

  it.each([307, 401, 403, 408, 425, 429, 503])('comes again after %i: nobody has looked at it', async (status) => {
    const { verdict } = await told({ status, headers: { 'retry-after': '120' } })
    expect(verdict).toBeInstanceOf(ErpUnavailable)
    expect((verdict as ErpUnavailable).retryAfterMs).toBe(120_000)
  })

  it('reads a Retry-After that is a date', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString()
    const { verdict } = await told({ status: 503, headers: { 'retry-after': at } })
    expect((verdict as ErpUnavailable).retryAfterMs).toBeGreaterThan(50_000)
    expect((verdict as ErpUnavailable).retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('S-26: is not sent to an address that may not be called', async () => {
    const receiver = await startHttpReceiver({ answer: () => ({ status: 200 }) })
    const refusing = () => Promise.reject(new Error('127.0.0.1 is not on the internet'))
    await expect(openAt(receiver.url, {}, refusing).send(document, 'k')).rejects.toThrow(ErpUnavailable)
    await receiver.close()
  })

  it('pings with something that is no document', async () => {
    const bodies: string[] = []
    const receiver = await startHttpReceiver({
      answer: ({ body }) => (bodies.push(body.toString()), { status: 204 }),
    })
    expect(await openAt(receiver.url).ping?.()).toBe('it answered 204')
    expect(bodies.map((body) => (JSON.parse(body) as { format: string }).format)).toEqual(['stationmaster-ping-1'])
    await receiver.close()
  })

  it('names what is wrong with its settings', () => {
    const kind = webhookKind({ resolve: anywhere, clock })
    const faults = kind.faults({
      tenant: 'default',
      settings: { url: 'ftp://x', timeoutS: 900, headers: { 'Webhook-Id': 'x', 'X-A': 'a\nb' }, colour: 'red' },
      secrets: { signingSecret: 'secret' },
    })
    expect(faults.map(({ pointer }) => pointer).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      '/secrets/signingSecret',
      '/settings/colour',
      '/settings/headers',
      '/settings/headers/X-A',
      '/settings/timeoutS',
      '/settings/url',
    ])
  })
})
