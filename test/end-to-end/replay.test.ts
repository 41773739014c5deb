import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtimeCommand } from '../support/process.ts'
import { administrator, startServer, testKey, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'
const root = join(import.meta.dirname, '../..')

/** `npm run replay -- …` as an operator types it. */
const replayed = (...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    const [program = '', ...before] = runtimeCommand('bun') ?? []
    const child = execFile(
      program,
      [...before, join(root, 'adapters/main.ts'), 'replay', ...args],
      { cwd: root, env: { ...process.env, SM_API_KEY: '' } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })

describe('a session that is played again', () => {
  let test: TestServer
  let station: ForeignStation
  const folder = mkdtempSync(join(tmpdir(), 'sm-replay-'))
  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()
  const status = (connectorId: number, word: string): Promise<unknown> =>
    station.call('StatusNotification', { connectorId, errorCode: 'NoError', status: word })
  const sessionOf = async (identity: string): Promise<{ readonly id: string; readonly energyWh: number }> => {
    const page: { items: { id: string; energyWh: number }[] } = (
      await test.api('GET', `/api/v1/sessions?chargePoint=${identity}`)
    ).body
    const [session] = page.items
    if (session === undefined) throw new Error('no session')
    return session
  }
  const charge = async (from: number): Promise<void> => {
    await status(1, 'Preparing')
    await station.call('Authorize', { idTag: 'REPLAYED-CARD' })
    const { transactionId } = await station.call('StartTransaction', {
      connectorId: 1,
      idTag: 'REPLAYED-CARD',
      meterStart: from,
      timestamp: at(0),
    })
    await status(1, 'Charging')
    for (let i = 1; i <= 5; i++)
      await station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(i), sampledValue: [{ value: String(from + i * 100.5), unit: 'Wh' }] }],
      })
    await status(1, 'Finishing')
    await station.call('StopTransaction', {
      transactionId,
      idTag: 'REPLAYED-CARD',
      meterStop: from + 555,
      timestamp: at(6),
      transactionData: [{ timestamp: at(6), sampledValue: [{ value: String(from + 555), unit: 'Wh' }] }],
    })
    await status(1, 'Available')
  }

  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/tokens/REPLAYED-CARD', {
      groupId: 'REPLAYED-GROUP',
      expiresAt: '2099-01-01T00:00:00Z',
    })
    await test.api('PUT', '/api/v1/charge-points/REPLAYED-1', { password })
    station = await foreignStation(test.url, 'REPLAYED-1', password)
    await station.call('BootNotification', {
      chargePointVendor: 'V',
      chargePointModel: 'M',
      chargePointSerialNumber: 'REPLAYED-SERIAL',
    })
    await status(0, 'Available')
    await charge(1_000)
    await station.close()
    await until('the trace to be stored', async () => {
      const page: { items: { kind: string }[] } = (
        await test.api('GET', '/api/v1/charge-points/REPLAYED-1/frames?kind=closed')
      ).body
      return page.items.length > 0
    })
  })
  afterAll(async () => {
    await test?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('comes out as it is stored, with every state on its way, and the fixture names nobody', async () => {
    const { id } = await sessionOf('REPLAYED-1')
    const fixture = join(folder, 'session.json')
    const { code, output } = await replayed(id, '--url', test.url, '--key', testKey, '--fixture', fixture)
    const order = [
      '· opened ocpp1.6 accepted',
      'charge point: greeting',
      '→ BootNotification',
      'charge point: accepted',
      'connector 1: preparing',
      '→ Authorize',
      '· token Authorize Accepted',
      '→ StartTransaction',
      'session',
      'charging',
      '→ MeterValues',
      'connector 1: finishing',
      '→ StopTransaction',
      'closed',
      'connector 1: available',
      '· closed',
      'charge point: gone',
      ' answers compared, 0 are not as they were',
      'replayed: closed, 555 Wh',
      'stored:   closed, 555 Wh',
      'session and energy agree with what is stored',
    ]
    let from = 0
    for (const text of order) {
      const found = output.indexOf(text, from)
      expect([text, found >= 0 ? '' : output]).toEqual([text, ''])
      from = found
    }
    expect([code, output.includes('REPLAYED-CARD'), output.includes('!')]).toEqual([0, false, false])
    const written = readFileSync(fixture, 'utf8')
    expect(written).not.toMatch(/REPLAYED/)
    expect(JSON.parse(written)).toMatchObject({
      expected: {
        account: { state: 'closed', energyMwh: 555_000 },
        states: expect.arrayContaining(['connector 1: charging']),
      },
    })
  })

  it('is played from the journal alone where no trace was kept, and says what is missing', async () => {
    await test.api('PUT', '/api/v1/charge-points/REPLAYED-2', { password })
    await test.api('PUT', '/api/v1/charge-points/REPLAYED-2/trace', { on: false })
    station = await foreignStation(test.url, 'REPLAYED-2', password)
    await charge(7_000)
    await station.close()
    await until(
      'it to be offline',
      async () => (await test.api('GET', '/api/v1/charge-points/REPLAYED-2')).body['online'] === false,
    )
    const { id } = await sessionOf('REPLAYED-2')
    const { code, output } = await replayed(id, '--url', test.url, '--key', testKey)
    expect(output).toContain('! its trace was not kept')
    expect(output.match(/→ MeterValues/g)).toHaveLength(5)
    expect(output).toContain('replayed: closed, 555 Wh')
    expect([code, output.includes('agree with what is stored')]).toEqual([0, true])
  })

  it('says so when what is stored is not what comes out', async () => {
    const { id } = await sessionOf('REPLAYED-1')
    const admin = administrator(test.server.target, test.data)
    await admin`update sessions set meter_stop_mwh = meter_stop_mwh - 100000 where id = ${id}`
    const { code, output } = await replayed(id, '--url', test.url, '--key', testKey)
    await admin`update sessions set meter_stop_mwh = meter_stop_mwh + 100000 where id = ${id}`
    await admin.end({ timeout: 1 })
    expect(output).toContain('DO NOT agree')
    expect(output).toContain('energy in mWh: 555000 here, 455000 stored')
    expect(code).toBe(1)
  })

  it('plays orders again, and the answers that the station gave', async () => {
    await test.api('PUT', '/api/v1/charge-points/REPLAYED-3', { password })
    station = await foreignStation(test.url, 'REPLAYED-3', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    let transactionId: unknown
    station.on('RemoteStartTransaction', ({ idTag, connectorId }) => {
      setTimeout(
        () =>
          void station
            .call('StartTransaction', {
              connectorId: connectorId as number,
              idTag: idTag as string,
              meterStart: 0,
              timestamp: at(0),
            })
            .then((answer) => (transactionId = answer['transactionId'])),
        50,
      )
      return { status: 'Accepted' }
    })
    station.on('RemoteStopTransaction', () => {
      setTimeout(
        () =>
          void station.call('StopTransaction', { transactionId, meterStop: 900, timestamp: at(9), reason: 'Remote' }),
        50,
      )
      return { status: 'Accepted' }
    })
    station.on('ClearCache', () => ({ status: 'Rejected' }))
    const order = (body: object): Promise<unknown> =>
      test.api('POST', '/api/v1/charge-points/REPLAYED-3/commands?wait=10', body)
    await order({ type: 'startCharging', evse: 1, token: 'REPLAYED-CARD' })
    await test.api('POST', '/api/v1/charge-points/REPLAYED-3/ocpp/ClearCache', {})
    const { id } = await sessionOf('REPLAYED-3')
    await order({ type: 'stopCharging', session: id })
    await station.close()
    const { code, output } = await replayed(id, '--url', test.url, '--key', testKey)
    expect(output.match(/← (?:RemoteStartTransaction|ClearCache|RemoteStopTransaction)/g)).toEqual([
      '← RemoteStartTransaction',
      '← ClearCache',
      '← RemoteStopTransaction',
    ])
    expect(output).toContain(' 0 are not as they were')
    expect([code, output.includes('replayed: closed, 900 Wh'), output.includes('REPLAYED-CARD')]).toEqual([
      0,
      true,
      false,
    ])
  })

  it.each([
    [[], 'Usage'],
    [['x'], 'no API key'],
    [['x', '--what'], 'Usage'],
    [['00000000-0000-0000-0000-000000000000', '--key', testKey], 'there is no session'],
    [['00000000-0000-0000-0000-000000000000', '--key', 'wrong'], '401'],
  ])('refuses %j in words', async (args, words) => {
    const { code, output } = await replayed(...args, ...(args.includes('--key') ? ['--url', test.url] : []))
    expect([code, output]).toEqual([2, expect.stringContaining(words)])
  })
})
