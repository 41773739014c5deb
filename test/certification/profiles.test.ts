import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { type Case, now, type Setting, setUp } from './setting.ts'

/** Local list, firmware, reservation and smart charging, by the cases of the test case document (OCTT, 2025-11). */
describe('OCPP 1.6 feature profiles', () => {
  let setting: Setting
  let it_: Case
  let serial = 0
  const accepted = { status: 'Accepted' }
  const later = '2099-01-01T00:00:00Z'

  beforeAll(async () => {
    setting = await setUp()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case> => (it_ = await setting.station(`PROF-${++serial}`))
  afterEach(() => it_?.close())
  const reservation = async (id: number): Promise<object> =>
    (await setting.test.api('GET', `/api/v1/reservations/${id}`)).body

  describe('local authorisation list', () => {
    it('TC_042_1_CSMS a station that keeps no list answers −1: the order says so', async () => {
      const one = await begin()
      one.answers('GetLocalListVersion', { listVersion: -1 })
      expect(await one.order({ type: 'getLocalListVersion' })).toMatchObject({ outcome: 'unsupported' })
    })

    it('TC_042_2_CSMS an empty list answers 0', async () => {
      const one = await begin()
      one.answers('GetLocalListVersion', { listVersion: 0 })
      const { outcome, history } = await one.order({ type: 'getLocalListVersion' })
      expect([outcome, history.at(-1)?.note]).toEqual(['succeeded', 'its list is empty'])
    })

    it('TC_043_4_CSMS TC_043_5_CSMS a list is sent in full, and then what has changed', async () => {
      const one = await begin()
      one.answers('GetLocalListVersion', { listVersion: 0 })
      one.answers('SendLocalList', accepted)
      expect(await one.order({ type: 'syncLocalList', tokens: ['GOOD', 'GROUPED'] })).toMatchObject({
        outcome: 'succeeded',
      })
      expect(one.asked.get('SendLocalList')).toEqual({
        listVersion: 1,
        updateType: 'Full',
        localAuthorizationList: [
          { idTag: 'GOOD', idTagInfo: accepted },
          { idTag: 'GROUPED', idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' } },
        ],
      })
      one.answers('GetLocalListVersion', { listVersion: 1 })
      await one.order({ type: 'syncLocalList', tokens: ['GROUPED', 'SISTER'] })
      expect(one.asked.get('SendLocalList')).toEqual({
        listVersion: 2,
        updateType: 'Differential',
        localAuthorizationList: [
          { idTag: 'SISTER', idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET' } },
          { idTag: 'GOOD' },
        ],
      })
    })

    it.each([
      ['TC_043_1_CSMS', 'NotSupported', 'unsupported'],
      ['TC_043_3_CSMS', 'Failed', 'failed'],
    ])('%s a list answered %s: the order %s', async (_, status, outcome) => {
      const one = await begin()
      one.answers('GetLocalListVersion', { listVersion: 0 })
      one.answers('SendLocalList', { status })
      expect(await one.order({ type: 'syncLocalList', tokens: ['GOOD'] })).toMatchObject({ outcome })
    })
  })

  it('a profile that came with a remote start is known to be its session’s, and gone with it', async () => {
    const one = await begin()
    one.answers('RemoteStartTransaction', accepted, ({ idTag }) => one.start({ idTag }))
    const schedule = { unit: 'A', periods: [{ startS: 0, limit: 16 }] }
    const profile = { id: 5, evse: 1, purpose: 'tx', kind: 'relative', schedule }
    await one.order({ type: 'startCharging', evse: 1, token: 'GOOD', profile })
    const path = `/api/v1/charge-points/PROF-${serial}/charging-profiles`
    const known = async () => (await setting.test.api('GET', path)).body as never
    expect(await known()).toMatchObject({ items: [{ id: 5, purpose: 'tx', transaction: expect.any(String) }] })
    const { items }: { items: readonly { transaction: string }[] } = await known()
    await one.stopAt({ transactionId: Number(items[0]?.transaction) })
    expect(await known()).toEqual({ items: [], next: null })
  })

  describe('firmware and diagnostics', () => {
    it.each([
      ['TC_044_1_CSMS', ['Downloading', 'Downloaded', 'Installing', 'Installed'], 'succeeded'],
      ['TC_044_2_CSMS', ['Downloading', 'DownloadFailed'], 'failed'],
      ['TC_044_3_CSMS', ['Downloading', 'Downloaded', 'Installing', 'InstallationFailed'], 'failed'],
    ])('%s a firmware that goes %s: the order %s', async (_, statuses, outcome) => {
      const one = await begin()
      one.answers('UpdateFirmware', {}, async () => {
        for (const status of statuses) await one.say('FirmwareStatusNotification', { status })
      })
      const command = await one.order({ type: 'updateFirmware', location: 'https://example.com/f.bin' })
      expect(command).toMatchObject({ state: 'done', outcome })
      expect(command.history.map(({ note }) => note)).toContain('downloading')
    })

    it('TC_045_1_CSMS diagnostics are put where we say, once, and can be fetched', async () => {
      const one = await begin()
      one.answers('GetDiagnostics', { fileName: 'diagnostics.log' }, async ({ location }) => {
        await one.say('DiagnosticsStatusNotification', { status: 'Uploading' })
        await fetch(String(location), { method: 'PUT', body: 'all is well' })
        await one.say('DiagnosticsStatusNotification', { status: 'Uploaded' })
      })
      expect(await one.order({ type: 'uploadLog' })).toMatchObject({ outcome: 'succeeded' })
      const page: { items: { id: string }[] } = (
        await setting.test.api('GET', `/api/v1/files?chargePoint=PROF-${serial}`)
      ).body
      const { body } = await setting.test.api('GET', `/api/v1/files/${page.items[0]?.id}/content`)
      expect(body).toBe('all is well')
    })

    it('TC_045_2_CSMS diagnostics that cannot be put there: the order says so', async () => {
      const one = await begin()
      one.answers('GetDiagnostics', { fileName: 'diagnostics.log' }, async () => {
        await one.say('DiagnosticsStatusNotification', { status: 'Uploading' })
        await one.say('DiagnosticsStatusNotification', { status: 'UploadFailed' })
      })
      expect(await one.order({ type: 'uploadLog' })).toMatchObject({ outcome: 'failed', reason: 'uploadFailed' })
    })
  })

  describe('reservation', () => {
    const reserve = async (one: Case, more: object = {}) => {
      one.answers('ReserveNow', accepted)
      return one.order({ type: 'reserve', evse: 1, token: 'GOOD', expiresAt: later, ...more })
    }

    it('TC_046_CSMS a reservation that is used has the session that used it', async () => {
      const one = await begin()
      const { number } = await reserve(one)
      expect(one.asked.get('ReserveNow')).toEqual({
        connectorId: 1,
        expiryDate: '2099-01-01T00:00:00.000Z',
        idTag: 'GOOD',
        reservationId: number,
      })
      await one.status(1, 'Reserved')
      await one.status(1, 'Preparing')
      await one.start({ reservationId: number })
      expect(await reservation(number)).toMatchObject({ state: 'used', session: (await one.session()).id })
    })

    it('TC_047_CSMS a reservation that nobody uses expires by our own timer', async () => {
      const one = await begin()
      const { number } = await reserve(one, { expiresAt: new Date(Date.now() + 1_500).toISOString() })
      const ended = await until('the end', async () => {
        const shown = await reservation(number)
        return 'state' in shown && shown.state !== 'active' ? shown : undefined
      })
      expect(ended).toMatchObject({ state: 'expired' })
    })

    it.each([
      ['TC_048_1_CSMS', 'Faulted'],
      ['TC_048_2_CSMS', 'Occupied'],
      ['TC_048_3_CSMS', 'Unavailable'],
      ['TC_048_4_CSMS', 'Rejected'],
    ])('%s a connector that is %s is not kept: the order says why', async (_, status) => {
      const one = await begin()
      one.answers('ReserveNow', { status })
      const order = { type: 'reserve', evse: 1, token: 'GOOD', expiresAt: later }
      const { outcome, reason, number } = await one.order(order)
      expect([outcome, reason]).toEqual(['rejected', status])
      expect((await setting.test.api('GET', `/api/v1/reservations/${number}`)).status).toBe(404)
    })

    it('TC_049_CSMS the whole charge point is kept: any of its connectors uses it', async () => {
      const one = await begin()
      const { number } = await reserve(one, { evse: 0 })
      expect(one.asked.get('ReserveNow')).toMatchObject({ connectorId: 0 })
      await one.start({ connectorId: 2 })
      expect(await reservation(number)).toMatchObject({ state: 'used' })
    })

    it.each([
      ['TC_051_CSMS', 'Accepted', 'succeeded'],
      ['TC_052_CSMS', 'Rejected', 'rejected'],
    ])(
      '%s a reservation is let go of, answered %s: the order %s, and it is active no more',
      async (_, status, outcome) => {
        const one = await begin()
        const { number } = await reserve(one)
        one.answers('CancelReservation', { status })
        expect(await one.order({ type: 'cancelReservation', reservation: number })).toMatchObject({ outcome })
        expect(one.asked.get('CancelReservation')).toEqual({ reservationId: number })
        expect(await reservation(number)).toMatchObject({ state: 'cancelled' })
      },
    )

    it('TC_053_CSMS a group is kept for: another of its tokens uses the reservation', async () => {
      const one = await begin()
      const { number } = await reserve(one, { token: 'GROUPED', groupId: 'FLEET' })
      expect(one.asked.get('ReserveNow')).toMatchObject({ parentIdTag: 'FLEET' })
      await one.start({ idTag: 'SISTER' })
      expect(await reservation(number)).toMatchObject({ state: 'used' })
    })

    it.each([
      ['of nobody', 'GOOD'],
      ['of the same group, which it was not made for', 'SISTER'],
    ])('the session of a token %s does not use what is kept for another', async (_, idTag) => {
      const one = await begin()
      const { number } = await reserve(one, { token: 'GROUPED' })
      await one.start({ idTag })
      expect(await reservation(number)).toMatchObject({ state: 'active' })
    })
  })

  describe('smart charging', () => {
    const schedule = { unit: 'A', startsAt: '2026-01-01T00:00:00Z', periods: [{ startS: 0, limit: 6.5 }] }

    it('TC_056_CSMS a default for every session is set as it was given', async () => {
      const one = await begin()
      one.answers('SetChargingProfile', accepted)
      const profile = { evse: 1, purpose: 'txDefault', stackLevel: 1, kind: 'absolute', schedule }
      const { number, outcome } = await one.order({ type: 'setChargingProfile', profile })
      expect([outcome, one.asked.get('SetChargingProfile')]).toEqual([
        'succeeded',
        {
          connectorId: 1,
          csChargingProfiles: {
            chargingProfileId: number,
            stackLevel: 1,
            chargingProfilePurpose: 'TxDefaultProfile',
            chargingProfileKind: 'Absolute',
            chargingSchedule: {
              startSchedule: '2026-01-01T00:00:00.000Z',
              chargingRateUnit: 'A',
              chargingSchedulePeriod: [{ startPeriod: 0, limit: 6.5 }],
            },
          },
        },
      ])
    })

    it('TC_057_CSMS one for a session names its transaction; without a session it is not sent', async () => {
      const one = await begin()
      one.answers('SetChargingProfile', accepted)
      const profile = { evse: 1, purpose: 'tx', kind: 'absolute', schedule }
      expect(await one.order({ type: 'setChargingProfile', profile })).toMatchObject({ outcome: 'unsupported' })
      const { transactionId } = await one.start({})
      expect(await one.order({ type: 'setChargingProfile', profile })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.get('SetChargingProfile')).toMatchObject({
        csChargingProfiles: { transactionId, chargingProfilePurpose: 'TxProfile' },
      })
    })

    it('TC_059_CSMS a remote start brings a profile of its own, which names no transaction yet', async () => {
      const one = await begin()
      one.answers('RemoteStartTransaction', accepted, ({ idTag }) => one.start({ idTag }))
      const profile = {
        evse: 1,
        purpose: 'tx',
        kind: 'relative',
        schedule: { unit: 'W', periods: [{ startS: 0, limit: 7_000 }] },
      }
      expect(await one.order({ type: 'startCharging', evse: 1, token: 'GOOD', profile })).toMatchObject({
        outcome: 'succeeded',
      })
      const { chargingProfile } = one.asked.get('RemoteStartTransaction') ?? {}
      expect(chargingProfile).toMatchObject({ chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Relative' })
      expect(chargingProfile).not.toHaveProperty('transactionId')
    })

    it('TC_066_CSMS the composite schedule is held against what the profiles make us expect', async () => {
      const one = await begin()
      one.answers('SetChargingProfile', accepted)
      await one.order({
        type: 'setChargingProfile',
        profile: { evse: 1, purpose: 'txDefault', kind: 'absolute', schedule },
      })
      const told = async (limit: number): Promise<string | null | undefined> => {
        const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }
        one.answers('GetCompositeSchedule', { status: 'Accepted', scheduleStart: now(), chargingSchedule })
        const { history } = await one.order({ type: 'getCompositeSchedule', evse: 1, durationS: 300, unit: 'A' })
        return history.at(-1)?.note
      }
      expect(await told(6.5)).toBe('as its profiles make us expect')
      expect(await told(16)).toContain('16 A, expected 6.5 A')
    })

    it('TC_067_CSMS profiles are cleared by id, and what is cleared is held no more', async () => {
      const one = await begin()
      one.answers('SetChargingProfile', accepted)
      one.answers('ClearChargingProfile', accepted)
      const profile = { evse: 1, purpose: 'txDefault', kind: 'absolute', schedule }
      const { number } = await one.order({ type: 'setChargingProfile', profile })
      const held = async (): Promise<readonly unknown[]> => {
        const page: { items: readonly unknown[] } = (
          await setting.test.api('GET', `/api/v1/charge-points/PROF-${serial}/charging-profiles`)
        ).body
        return page.items
      }
      expect((await held()).length).toBe(1)
      await one.order({ type: 'clearChargingProfile', id: number })
      expect(one.asked.get('ClearChargingProfile')).toEqual({ id: number })
      expect(await held()).toEqual([])
    })
  })
})
