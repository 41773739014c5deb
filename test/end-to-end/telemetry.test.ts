import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServerProcess, startProcess } from '../support/process.ts'
import { freshData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
}

const password = 'a-password-of-the-station'

/** A collector as the OpenTelemetry exporters expect it, that keeps what it is sent. */
const startCollector = async (spans: Span[]): Promise<{ readonly url: string; stop(): void }> => {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
      spans.push(...resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)))
      response.end('{}')
    })
  })
  await new Promise<void>((go) => void server.listen(0, '127.0.0.1', go))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    stop: () => void server.close(),
  }
}

describe('what the server tells about itself', () => {
  const spans: Span[] = []
  const data = freshData()
  let collector: Awaited<ReturnType<typeof startCollector>>
  let server: ServerProcess

  beforeAll(async () => {
    collector = await startCollector(spans)
    server = await startProcess({ data, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, SM_LOG_FORMAT: 'json' } })
    await server.api('PUT', '/api/v1/charge-points/CP-1', { password })
    await server.api('PUT', '/api/v1/tokens/CARD1', {})
    const station = await foreignStation(server.url, 'CP-1', password)
    const { transactionId } = await station.call('StartTransaction', {
      connectorId: 1,
      idTag: 'CARD1',
      meterStart: 0,
      timestamp: '2026-11-24T12:00:00Z',
    })
    await station.call('StopTransaction', { transactionId, meterStop: 1000, timestamp: '2026-11-24T13:00:00Z' })
    await until(
      'the CDR',
      async () => ((await server.api('GET', '/api/v1/cdrs')).body['items'] as unknown[]).length > 0,
    )
    await station.close()
    await server.kill('SIGTERM')
  })
  afterAll(() => {
    collector.stop()
    rmSync(data, { recursive: true, force: true })
  })

  it('frame, actor, commit and job are one trace', async () => {
    const frame = await until('the spans', async () => spans.find((span) => span.name === 'ocpp StopTransaction'))
    const trace = spans.filter((span) => span.traceId === frame.traceId)
    expect(trace.map((span) => span.name).toSorted()).toEqual([
      'actor charge-point',
      'job cdr',
      'journal commit',
      'ocpp StopTransaction',
    ])
    expect(trace.filter((span) => span !== frame).every((span) => span.parentSpanId === frame.spanId)).toBe(true)
  })

  it('S-20 S-23: logs are one JSON line an event, and name no token', () => {
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(
      expect.arrayContaining(['charge point connected', 'session started', 'session closed', 'CDR issued']),
    )
    expect(server.output()).not.toContain('CARD1')
  })
})
