import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { type ForeignStation, foreignStation } from '../../support/station.ts'

interface Cdr {
  readonly id: string
  readonly state: string
  readonly energyWh: number
  readonly durationS: number
  readonly notes: readonly string[]
  readonly hold: {
    readonly reasons: readonly { readonly rule: string; readonly detail: string }[]
    readonly proposal: {
      readonly energyWh: number | null
      readonly endedAt: string | null
      readonly how: string
    } | null
    readonly heldAt: string
  } | null
}
interface Entry {
  readonly serial: number
  readonly actor: { readonly key: string; readonly label: string }
  readonly action: string
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
  readonly note: string
  readonly previous: string
  readonly digest: string
  readonly intact: boolean
}
interface Problem {
  readonly status: number
  readonly pointer?: string
}

const password = 'a-password-of-the-station'
const minute = 60_000

describe('CDRs on hold, over the API', () => {
  let test: TestServer
  let station: ForeignStation
  let charges = 0

  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/charge-points/HELD', { password })
    await test.api('PUT', '/api/v1/tokens/CARD', {})
    station = await foreignStation(test.url, 'HELD', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
  })
  afterAll(async () => {
    await station?.close()
    await test?.stop()
  })

  /** An hour of charging, days ago, of a meter that had 900 kWh on it. `over` is what the station gets wrong. */
  const charge = async (over: { readonly meterStart?: number; readonly meterStop?: number } = {}): Promise<Cdr> => {
    const began = Date.now() - (100 - charges++) * 120 * minute
    const at = (minutes: number): string => new Date(began + minutes * minute).toISOString()
    const { transactionId } = await station.call('StartTransaction', {
      connectorId: 1,
      idTag: 'CARD',
      meterStart: over.meterStart ?? 900_000,
      timestamp: at(0),
    })
    const told = [
      { value: '901,5', measurand: 'Energy.Active.Import.Register', unit: 'kWh', context: 'Trigger' },
      { value: '10.95', measurand: 'Power.Active.Import', unit: 'kW' },
      { value: '4f2a', format: 'SignedData' },
    ]
    for (const minutes of [10, 20, 30, 40, 50])
      await station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(minutes), sampledValue: [{ value: String(900 + minutes / 6), unit: 'kWh' }] }],
      })
    await station.call('MeterValues', {
      connectorId: 1,
      transactionId,
      meterValue: [{ timestamp: at(55), sampledValue: told }],
    })
    await station.call('StopTransaction', {
      transactionId,
      meterStop: over.meterStop ?? 910_000,
      timestamp: at(60),
      idTag: 'CARD',
    })
    const sessions: { items: { id: string; transaction: string }[] } = (
      await test.api('GET', '/api/v1/sessions?chargePoint=HELD')
    ).body
    const session = sessions.items.find(({ transaction }) => transaction === String(transactionId))
    return until('the CDR', async () => {
      const page: { items: Cdr[] } = (await test.api('GET', `/api/v1/cdrs?session=${session?.id}`)).body
      return page.items[0]
    })
  }
  const release = (id: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    test.api('POST', `/api/v1/cdrs/${id}/release`, body, headers)
  const note = 'the meter was read on site'
  const audit = async (subject: string): Promise<readonly Entry[]> => {
    const page: { items: Entry[] } = (await test.api('GET', `/api/v1/audit?subject=${subject}`)).body
    return page.items
  }

  it('INV-51: a lifetime register is held, with the reason, and with what it should say', async () => {
    const cdr = await charge({ meterStart: 0 })
    expect(cdr).toMatchObject({ state: 'held', energyWh: 910_000 })
    expect(cdr.hold).toMatchObject({
      reasons: [{ rule: 'zeroBaseline', detail: expect.stringContaining('901.67 kWh') }],
      proposal: { energyWh: 8_333.333, endedAt: null, how: 'counted from the first reading' },
      heldAt: expect.any(String),
    })
    const listed: { items: Cdr[] } = (await test.api('GET', '/api/v1/cdrs?state=held')).body
    expect(listed.items).toContainEqual(cdr)
    const issued: { items: Cdr[] } = (await test.api('GET', '/api/v1/cdrs?state=issued')).body
    expect(issued.items.map(({ id }) => id)).not.toContain(cdr.id)
  })

  it('an honest charge is issued', async () => {
    expect(await charge()).toMatchObject({ state: 'issued', hold: null, energyWh: 10_000 })
  })

  it('is released once, by a person whose key is named in the audit log, and its event is told', async () => {
    const cdr = await charge({ meterStart: 0 })
    const made: { id: string; key: string } = (await test.api('POST', '/api/v1/api-keys', { label: 'accounting' })).body
    const answer = await apiOf(test.url, made.key)('POST', `/api/v1/cdrs/${cdr.id}/release`, { as: 'proposed', note })
    expect(answer.status).toBe(200)
    const released: Cdr = answer.body
    expect(released).toMatchObject({ id: cdr.id, state: 'issued', hold: null, energyWh: 8_333.333, durationS: 3_600 })
    expect(released.notes).toContain('held, and released as proposed')
    expect((await test.api('GET', `/api/v1/cdrs/${cdr.id}`)).body).toEqual(released)
    const again = await release(cdr.id, { as: 'measured', note })
    expect([again.status, again.headers.get('content-type')]).toEqual([409, 'application/problem+json'])
    expect(await audit(cdr.id)).toMatchObject([
      {
        action: 'cdr.released',
        actor: { key: made.id, label: 'accounting' },
        before: { state: 'held', energyWh: 910_000 },
        after: { state: 'issued', energyWh: 8_333.333, as: 'proposed' },
        note,
        intact: true,
      },
    ])
  })

  it.each([
    ['as measured', { as: 'measured', note }, 910_000],
    ['corrected', { as: 'corrected', energyWh: 8_250.125, note }, 8_250.125],
    ['corrected to nothing', { as: 'corrected', energyWh: 0, note }, 0],
  ])('can be issued %s', async (_, body, energyWh) => {
    const { id } = await charge({ meterStart: 0 })
    expect((await release(id, body)).body).toMatchObject({ state: 'issued', energyWh })
  })

  it('INV-17: the same request under one Idempotency-Key is done once, and audited once', async () => {
    const { id } = await charge({ meterStart: 0 })
    const headers = { 'idempotency-key': `release ${id}` }
    const answers = [
      await release(id, { as: 'measured', note }, headers),
      await release(id, { as: 'measured', note }, headers),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[1]?.body).toEqual(answers[0]?.body)
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true')
    expect((await audit(id)).length).toBe(1)
    expect((await release(id, { as: 'proposed', note }, headers)).status).toBe(422)
  })

  const nonsense: readonly (readonly [string, object, string])[] = [
    ['no way', { note }, '/as'],
    ['a way nobody knows', { as: 'guessed', note }, '/as'],
    ['no note', { as: 'measured' }, '/note'],
    ['an empty note', { as: 'measured', note: '  ' }, '/note'],
    ['a correction without its energy', { as: 'corrected', note }, '/energyWh'],
    ['a negative energy', { as: 'corrected', energyWh: -1, note }, '/energyWh'],
    ['an energy finer than any meter', { as: 'corrected', energyWh: 1.00001, note }, '/energyWh'],
    ['an energy of a city', { as: 'corrected', energyWh: 1e15, note }, '/energyWh'],
    ['an energy as text', { as: 'corrected', energyWh: '5', note }, '/energyWh'],
    ['an energy where none belongs', { as: 'measured', energyWh: 5, note }, '/energyWh'],
    ['a tenant', { as: 'measured', note, tenant: 'x' }, '/tenant'],
  ]
  it('refuses nonsense, says where it is, and stays held', async () => {
    const { id } = await charge({ meterStart: 0 })
    for (const [what, body, pointer] of nonsense) {
      const answer = await release(id, body)
      const problem: Problem = answer.body
      expect([what, answer.status, problem.pointer]).toEqual([what, 422, pointer])
    }
    expect((await test.api('GET', `/api/v1/cdrs/${id}`)).body).toMatchObject({ state: 'held' })
    expect(await audit(id)).toEqual([])
  })

  it('cannot be issued as proposed where nothing is, nor where it is not held or not there', async () => {
    const { id, hold } = await charge({ meterStart: 900_000, meterStop: 899_000_000 })
    expect([hold?.reasons.map(({ rule }) => rule), hold?.proposal]).toEqual([['impossiblePower'], null])
    const answer = await release(id, { as: 'proposed', note })
    const problem: Problem = answer.body
    expect([answer.status, problem.pointer]).toEqual([422, '/as'])
    expect((await release('absent', { as: 'measured', note })).status).toBe(404)
    expect((await release((await charge()).id, { as: 'measured', note })).status).toBe(409)
  })

  it('S-19: the audit log is a chain from its first entry to its last', async () => {
    const { items }: { items: Entry[] } = (await test.api('GET', '/api/v1/audit?limit=1000')).body
    const entries = items.toReversed()
    expect(entries.length).toBeGreaterThan(4)
    expect(entries.map(({ serial }) => serial)).toEqual(entries.map((_, i) => i + 1))
    for (const [i, { previous, intact }] of entries.entries())
      expect([i, previous, intact]).toEqual([i, i === 0 ? '00'.repeat(32) : entries[i - 1]?.digest, true])
    expect((await test.api('GET', '/api/v1/audit?action=nothing')).status).toBe(400)
  })

  it('shows samples as they came, and in their normal form where they can be read', async () => {
    const sessions: { items: { id: string; flags: string[] }[] } = (
      await test.api('GET', '/api/v1/sessions?chargePoint=HELD')
    ).body
    const [session] = sessions.items
    expect(session?.flags).toContain('a register cannot be read')
    const page: { items: { values: { value: string; unit: string; normal: unknown }[] }[] } = (
      await test.api('GET', `/api/v1/sessions/${session?.id}/samples`)
    ).body
    const [first] = page.items
    expect(first?.values).toMatchObject([{ unit: 'kWh', normal: { value: 901_666.6666666666, unit: 'Wh' } }])
    expect(page.items.at(-1)?.values).toMatchObject([
      { value: '901,5', unit: 'kWh', normal: null },
      { value: '10.95', unit: 'kW', normal: { value: 10_950, unit: 'W' } },
      { value: '4f2a', normal: null },
    ])
  })

  it('takes what a charge point can deliver, by PUT and by import, and shows it', async () => {
    const shown = async (name: string) => (await test.api('GET', `/api/v1/charge-points/${name}`)).body
    await test.api('PUT', '/api/v1/charge-points/STRONG', { maxPowerW: 1_000_000 })
    await test.api('PUT', '/api/v1/charge-points/STRONG', { blocked: false })
    expect(await shown('STRONG')).toMatchObject({ maxPowerW: 1_000_000 })
    expect(await shown('HELD')).toMatchObject({ maxPowerW: null })
    const csv = { 'content-type': 'text/csv' }
    await test.api('POST', '/api/v1/imports/charge-points?dryRun=false', 'identity,maxPowerW\nWEAK,3700\n', csv)
    expect(await shown('WEAK')).toMatchObject({ maxPowerW: 3_700 })
    for (const maxPowerW of [0, -1, 1.5, '11'])
      expect((await test.api('PUT', '/api/v1/charge-points/STRONG', { maxPowerW })).status).toBe(422)
  })
})
