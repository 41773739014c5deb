import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { now } from './setting.ts'
import { type Case2, type Setting2, setUp2, type Transaction, values } from './setting-2.ts'

/** Meter values, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block J). */
describe('OCPP 2.0.1 meter values', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const signed = {
    signedMeterValue: {
      signedMeterData: 'T0NNRnx7fXx7fQ==',
      signingMethod: '',
      encodingMethod: 'OCMF',
      publicKey: 'b2lkOmNhOmJhc2U2NDo',
    },
  }

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`MV-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const charging = async (one: Case2): Promise<Transaction> => {
    const transaction = one.transaction(1)
    await transaction.started('Authorized', {
      token: 'GOOD',
      state: 'Charging',
      more: { meterValue: values(1_000, 'Transaction.Begin') },
    })
    return transaction
  }
  /** Its account, and what was measured for it, in the order of time. */
  const outcome = async (one: Case2) => {
    const session = await until('the CDR', async () => ((s) => (s.cdr === null ? undefined : s))(await one.session()))
    return session
  }
  interface Sample {
    readonly registerWh: number | null
    readonly values: readonly { readonly context: string; readonly measurand: string; readonly value: string }[]
  }
  const samples = async (one: Case2): Promise<readonly Sample[]> => {
    const { id } = await one.session()
    const page: { items: readonly Sample[] } = (await setting.test.api('GET', `/api/v1/sessions/${id}/samples`)).body
    return page.items
  }
  const ended = (transaction: Transaction, meterValue: readonly object[]) =>
    transaction.ended('EVCommunicationLost', { reason: 'EVDisconnected', more: { meterValue } })

  describe('by the clock', () => {
    it('TC_J_01_CSMS without a transaction: they are answered, and are no session’s', async () => {
      const one = await begin()
      const current = {
        timestamp: now(),
        sampledValue: [{ value: 0, context: 'Sample.Clock', measurand: 'Current.Import' }],
      }
      expect(await one.say('MeterValues', { evseId: 0, meterValue: [current] })).toEqual({})
      expect(await one.say('MeterValues', { evseId: 1, meterValue: values(1_000, 'Sample.Clock') })).toEqual({})
      await expect(one.session()).rejects.toThrow('there is no session')
    })

    it('TC_J_02_CSMS during a transaction, with its events: they are filed with its session', async () => {
      const one = await begin()
      const transaction = await charging(one)
      const meterValue = values(1_400, 'Sample.Clock')
      expect(await transaction.updated('MeterValueClock', { more: { meterValue } })).toEqual({})
      expect(await samples(one)).toMatchObject([
        { registerWh: 1_000 },
        { registerWh: 1_400, values: [{ context: 'Sample.Clock' }] },
      ])
    })

    it('TC_J_03_CSMS at the end of a transaction, all at once: the last that says so is its end', async () => {
      const one = await begin()
      const transaction = await charging(one)
      const all = [
        ...values(1_500, 'Sample.Clock'),
        ...values(1_900, 'Sample.Clock'),
        ...values(2_000, 'Transaction.End'),
      ]
      expect(await ended(transaction, all)).toEqual({})
      expect(await outcome(one)).toMatchObject({ state: 'closed', energyWh: 1_000 })
    })

    it('TC_J_04_CSMS signed: they are kept as they were signed, and counted as what they say', async () => {
      const one = await begin()
      const transaction = await charging(one)
      await ended(transaction, [...values(1_500, 'Sample.Clock', signed), ...values(2_200, 'Transaction.End', signed)])
      expect(await outcome(one)).toMatchObject({ state: 'closed', energyWh: 1_200 })
    })
  })

  describe('sampled', () => {
    it('TC_J_07_CSMS at a start whose EVSE is known: where it began', async () => {
      const one = await begin()
      const transaction = await charging(one)
      expect(await one.session()).toMatchObject({ evse: 1, meterStartWh: 1_000 })
      expect(await ended(transaction, values(1_750, 'Transaction.End'))).toEqual({})
      expect(await outcome(one)).toMatchObject({ energyWh: 750 })
    })

    it('TC_J_08_CSMS at a start whose EVSE is known with the cable only: where it began comes with it', async () => {
      const one = await begin()
      const transaction = one.transaction()
      await transaction.started('Authorized', { token: 'GOOD' })
      expect(
        await transaction.updated('CablePluggedIn', {
          state: 'EVConnected',
          more: { evse: { id: 2, connectorId: 1 }, meterValue: values(5_000, 'Transaction.Begin') },
        }),
      ).toEqual({})
      await transaction.updated('ChargingStateChanged', { state: 'Charging' })
      await ended(transaction, values(5_800, 'Transaction.End'))
      expect(await outcome(one)).toMatchObject({ evse: 2, energyWh: 800 })
    })

    it('TC_J_09_CSMS during a transaction: the operator sees them while it goes on', async () => {
      const one = await begin()
      const transaction = await charging(one)
      const power = { value: 7_360, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } }
      const both = [{ timestamp: now(), sampledValue: [{ value: 1.3, unitOfMeasure: { unit: 'kWh' } }, power] }]
      expect(await transaction.updated('MeterValuePeriodic', { more: { meterValue: both } })).toEqual({})
      expect((await samples(one)).at(-1)).toMatchObject({
        registerWh: 1_300,
        values: [{ context: 'Sample.Periodic' }, { measurand: 'Power.Active.Import', value: '7360' }],
      })
      expect(await one.session()).toMatchObject({ state: 'open', energyWh: 300 })
    })

    it('TC_J_10_CSMS at the end of a transaction, all at once: the same, and its end', async () => {
      const one = await begin()
      const transaction = await charging(one)
      const all = [...values(1_000, 'Transaction.Begin'), ...values(1_600), ...values(1_950, 'Transaction.End')]
      expect(await ended(transaction, all)).toEqual({})
      expect(await outcome(one)).toMatchObject({ state: 'closed', energyWh: 950 })
    })

    it('TC_J_11_CSMS signed: the texts are there for whoever must prove them', async () => {
      const one = await begin()
      const transaction = await charging(one)
      await ended(transaction, [
        ...values(1_000, 'Transaction.Begin', signed),
        ...values(1_800, 'Transaction.End', signed),
      ])
      const { id } = await outcome(one)
      const { body } = await setting.test.api('GET', `/api/v1/sessions/${id}/messages`)
      expect(JSON.stringify(body).split(signed.signedMeterValue.signedMeterData).length).toBeGreaterThan(2)
      expect(await one.session()).toMatchObject({ energyWh: 800 })
    })
  })
})
