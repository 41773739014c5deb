import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'
import { now, password } from './setting.ts'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** Boots, resets and the way in, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block B). */
describe('OCPP 2.0.1 provisioning', () => {
  let setting: Setting2
  let it_: Case2 | undefined
  let serial = 0
  const accepted = { status: 'Accepted' }

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`PROV-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const api = (path = '', body?: object) =>
    setting.test.api(body === undefined ? 'GET' : 'PUT', `/api/v1/charge-points/PROV-${serial}${path}`, body)

  it('TC_B_01_CSMS cold boot: it is accepted with an interval and our time, and its connectors are shown', async () => {
    const one = await begin()
    expect(await one.boot()).toEqual({
      status: 'Accepted',
      interval: expect.any(Number),
      currentTime: expect.stringMatching(/Z$/),
    })
    expect(await one.say('Heartbeat', {})).toEqual({ currentTime: expect.stringMatching(/Z$/) })
    await one.comesToStand(2, 'available')
    expect((await api()).body).toMatchObject({ vendor: 'Vendor', model: 'Model', registration: 'accepted' })
  })

  describe('a station that is not accepted yet', () => {
    const comes = async (registration: string) => {
      serial++
      await api('', { password, registration })
      return foreignStation(setting.test.url, `PROV-${serial}`, password, { protocol: 'ocpp2.0.1' })
    }
    const boot = (reason: string) => ({ reason, chargingStation: { vendorName: 'Vendor', model: 'Model' } })
    const status = { timestamp: now(), connectorStatus: 'Available', evseId: 1, connectorId: 1 }

    it.each([
      ['pending', 'Pending'],
      ['rejected', 'Rejected'],
    ])('TC_B_30_CSMS %s: what else it says is refused with SecurityError', async (registration, told) => {
      const station = await comes(registration)
      expect(await station.call('BootNotification', boot('PowerUp'))).toMatchObject({ status: told })
      const refusals = [
        ['StatusNotification', status],
        ['Heartbeat', {}],
        ['MeterValues', { evseId: 1, meterValue: [{ timestamp: now(), sampledValue: [{ value: 1 }] }] }],
      ] as const
      for (const [action, payload] of refusals) {
        const refused = await station.call(action, payload).catch((error: unknown) => error)
        expect([action, refused]).toEqual([action, expect.objectContaining({ rpcErrorCode: 'SecurityError' })])
      }
      await station.close()
    })

    it('TC_B_02_CSMS pending: it is asked what it has meanwhile, and answers in pages; then it is let in', async () => {
      const station = await comes('pending')
      const asked = new Map<string, Readonly<Record<string, unknown>>>()
      const place = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }
      station.on('GetVariables', () => ({
        getVariableResult: [{ ...place, attributeStatus: 'Accepted', attributeValue: '300' }],
      }))
      const page = (requestId: unknown, seqNo: number) =>
        station.call('NotifyReport', {
          requestId,
          generatedAt: now(),
          seqNo,
          tbc: seqNo === 0,
          reportData: [{ ...place, variableAttribute: [{ value: String(seqNo) }] }],
        })
      const pages: Promise<unknown>[] = []
      station.on('GetBaseReport', (params) => {
        asked.set('GetBaseReport', params)
        setTimeout(() => pages.push(page(params['requestId'], 0).then(() => page(params['requestId'], 1))), 20)
        return accepted
      })
      expect(await station.call('BootNotification', boot('PowerUp'))).toMatchObject({ status: 'Pending' })
      const order = async (body: object) =>
        (await setting.test.api('POST', `/api/v1/charge-points/PROV-${serial}/commands?wait=15`, body)).body
      const read = { type: 'getVariables', variables: [{ key: 'OCPPCommCtrlr.HeartbeatInterval' }] }
      expect(await order(read)).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(await order({ type: 'refreshInventory', base: 'configuration' })).toMatchObject({ outcome: 'succeeded' })
      expect(asked.get('GetBaseReport')).toMatchObject({ reportBase: 'ConfigurationInventory' })
      await Promise.all(pages)
      await api('', { registration: 'accepted' })
      const info = await until('that it is let in', async () => {
        const told = await station.call('BootNotification', boot('Triggered'))
        return told['status'] === 'Accepted' ? told : undefined
      })
      expect(info).toMatchObject(accepted)
      await station.close()
    })

    it.each(['pending', 'rejected'])(
      'TC_B_31_CSMS %s, and let in by its operator: its boot is asked for and accepted',
      async (registration) => {
        const station = await comes(registration)
        await station.call('BootNotification', boot('PowerUp'))
        const asked = new Promise((hears) =>
          station.on('TriggerMessage', (params) => {
            hears(params)
            return accepted
          }),
        )
        await api('', { registration: 'accepted' })
        expect(await asked).toEqual({ requestedMessage: 'BootNotification' })
        expect(await station.call('BootNotification', boot('Triggered'))).toMatchObject(accepted)
        expect(await station.call('StatusNotification', status)).toEqual({})
        await station.close()
      },
    )
  })

  it('TC_B_08_CSMS no more variables are read at once than the station takes', async () => {
    const one = await begin()
    const sizes: number[] = []
    one.answers('GetVariables', ({ getVariableData }) => {
      const wanted = getVariableData as readonly object[]
      sizes.push(wanted.length)
      const results = wanted.map((each) => ({ ...each, attributeStatus: 'Accepted', attributeValue: '2' }))
      return { getVariableResult: results }
    })
    const read = (...keys: readonly string[]) =>
      one.order({ type: 'getVariables', variables: keys.map((key) => ({ key })) })
    await read('DeviceDataCtrlr.ItemsPerMessage[GetVariables]')
    expect(await read('A.One', 'A.Two', 'A.Three', 'A.Four', 'A.Five')).toMatchObject({ outcome: 'succeeded' })
    expect(sizes).toEqual([1, 2, 2, 1])
  })

  describe('resets', () => {
    const charging = async (one: Case2, evse = 1) => {
      const transaction = one.transaction(evse)
      await transaction.started('Authorized', { token: 'GOOD', state: 'Charging', wh: 1_000 })
      return transaction
    }

    /** No station is back before its answer has been taken note of. */
    const restarts = async (one: Case2, reason: string) => {
      await new Promise((go) => setTimeout(go, 700))
      await one.boot(reason)
    }

    it('TC_B_20_CSMS of the station when it is idle, which it is: the order ends with its boot', async () => {
      const one = await begin()
      one.answers('Reset', accepted, () => restarts(one, 'RemoteReset'))
      expect(await one.order({ type: 'reset', kind: 'soft' })).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(one.asked.get('Reset')).toEqual({ type: 'OnIdle' })
    })

    it('TC_B_21_CSMS of the station when it is idle: it is once its transaction has ended', async () => {
      const one = await begin()
      const transaction = await charging(one)
      one.answers('Reset', { status: 'Scheduled' }, async () => {
        await transaction.ended('StopAuthorized', { token: 'GOOD', reason: 'Local', wh: 2_000 })
        await restarts(one, 'ScheduledReset')
      })
      const { outcome, history } = await one.order({ type: 'reset', kind: 'soft' })
      expect([outcome, history.map(({ note }) => note)]).toEqual([
        'succeeded',
        expect.arrayContaining(['when it is idle']),
      ])
      expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'Local' })
    })

    it('TC_B_22_CSMS of the station at once: its transaction ends by it', async () => {
      const one = await begin()
      const transaction = await charging(one)
      one.answers('Reset', accepted, async () => {
        await transaction.ended('ResetCommand', { reason: 'ImmediateReset', wh: 2_000 })
        await restarts(one, 'RemoteReset')
      })
      expect(await one.order({ type: 'reset', kind: 'hard' })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.get('Reset')).toEqual({ type: 'Immediate' })
      expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'ImmediateReset', energyWh: 1_000 })
    })

    it('TC_B_25_CSMS of one EVSE: it does not boot, and its answer ends the order', async () => {
      const one = await begin()
      one.answers('Reset', accepted)
      expect(await one.order({ type: 'reset', kind: 'soft', evse: 2 })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.get('Reset')).toEqual({ type: 'OnIdle', evseId: 2 })
    })

    it('TC_B_26_CSMS of one EVSE when it is idle: its transaction goes on', async () => {
      const one = await begin()
      const transaction = await charging(one, 2)
      one.answers('Reset', { status: 'Scheduled' })
      expect(await one.order({ type: 'reset', kind: 'soft', evse: 2 })).toMatchObject({ outcome: 'succeeded' })
      expect(await one.session()).toMatchObject({ state: 'open' })
      await transaction.ended('StopAuthorized', { token: 'GOOD', reason: 'Local', wh: 2_000 })
      expect(await one.session()).toMatchObject({ state: 'closed' })
    })

    it('TC_B_27_CSMS of one EVSE at once: its transaction ends by it', async () => {
      const one = await begin()
      const transaction = await charging(one, 2)
      one.answers('Reset', accepted, () => transaction.ended('ResetCommand', { reason: 'ImmediateReset', wh: 1_500 }))
      expect(await one.order({ type: 'reset', kind: 'hard', evse: 2 })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.get('Reset')).toEqual({ type: 'Immediate', evseId: 2 })
      const session = await until('its end', async () =>
        ((s) => (s.state === 'closed' ? s : undefined))(await one.session()),
      )
      expect(session).toMatchObject({ stopReason: 'ImmediateReset', energyWh: 500 })
    })
  })

  it('TC_B_58_CSMS of the sub-protocols offered the first that we speak is taken; with none of them no socket is opened', async () => {
    serial++
    await api('', { password })
    const authorization = `Basic ${btoa(`PROV-${serial}:${password}`)}`
    const url = `${setting.test.url.replace('http', 'ws')}ocpp/PROV-${serial}`
    const taken = (...offered: readonly string[]): Promise<string> =>
      new Promise((go) => {
        const socket = new WebSocket(url, [...offered], { headers: { authorization } })
        socket.once('open', () => {
          go(socket.protocol)
          socket.close()
        })
        socket.once('error', ({ message }) => go(message))
      })
    expect(await taken('ocpp2.0.1')).toBe('ocpp2.0.1')
    expect(await taken('ocpp2.0', 'ocpp2.0.1', 'ocpp1.6')).toBe('ocpp2.0.1')
    expect(await taken('ocpp0.1')).toContain('400')
  })
})
