import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** Who may charge and who may stop, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block C). */
describe('OCPP 2.0.1 authorisation', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { status: 'Accepted' }
  const inFleet = { status: 'Accepted', groupIdToken: { idToken: 'FLEET', type: 'Central' } }
  const master = { status: 'Accepted', groupIdToken: { idToken: 'MASTERS', type: 'Central' } }

  beforeAll(async () => {
    setting = await setUp2()
    await setting.test.api('PUT', '/api/v1/tokens/MASTER', { groupId: 'MASTERS' })
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`AUTH-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const charging = async (one: Case2, token: string, evse = 1) => {
    const transaction = one.transaction(evse)
    const told = await transaction.started('Authorized', { token, state: 'Charging', wh: 1_000 })
    return { transaction, told }
  }

  it.each([
    ['TC_C_02_CSMS', 'NOBODY', { status: 'Invalid' }],
    ['TC_C_06_CSMS', 'BLOCKED', { status: 'Blocked' }],
    ['TC_C_07_CSMS', 'EXPIRED', { status: 'Expired', cacheExpiryDateTime: '2020-01-01T00:00:00.000Z' }],
  ])('%s %s is told what it is, and no session begins', async (_, token, info) => {
    const one = await begin()
    expect(await one.authorize(token)).toEqual(info)
    await expect(one.session()).rejects.toThrow('there is no session')
  })

  it('TC_C_08_CSMS a token that the station has remembered: it is looked at where the session begins', async () => {
    const one = await begin()
    expect((await charging(one, 'GOOD')).told).toEqual({ idTokenInfo: accepted })
    expect(await one.session()).toMatchObject({ state: 'open', authorization: 'Accepted' })
  })

  it('TC_C_20_CSMS a token that was remembered and is blocked by now: the station is told, and ends it', async () => {
    const one = await begin()
    const { transaction, told } = await charging(one, 'BLOCKED')
    expect(told).toEqual({ idTokenInfo: { status: 'Blocked' } })
    await transaction.ended('Deauthorized', { reason: 'DeAuthorized', wh: 1_000 })
    expect(await one.session()).toMatchObject({
      state: 'closed',
      authorization: 'Blocked',
      stopReason: 'DeAuthorized',
    })
  })

  it.each([
    ['TC_C_37_CSMS', 'Accepted', 'succeeded'],
    ['TC_C_38_CSMS', 'Rejected', 'rejected'],
  ])('%s clear cache, answered %s: the order %s', async (_, status, outcome) => {
    const one = await begin()
    one.answers('ClearCache', { status })
    expect(await one.order({ type: 'clearCache' })).toMatchObject({ state: 'done', outcome })
    expect(one.asked.get('ClearCache')).toEqual({})
  })

  it('TC_C_39_CSMS another of the group may stop: both are told their group, at Authorize and with the events', async () => {
    const one = await begin()
    expect(await one.authorize('GROUPED')).toEqual(inFleet)
    const { transaction, told } = await charging(one, 'GROUPED')
    expect(told).toEqual({ idTokenInfo: inFleet })
    expect(await one.authorize('SISTER')).toEqual(inFleet)
    expect(await transaction.updated('StopAuthorized', { token: 'SISTER', state: 'EVConnected' })).toEqual({
      idTokenInfo: inFleet,
    })
    await transaction.ended('EVCommunicationLost', { reason: 'Local', wh: 2_000 })
    expect(await one.session()).toMatchObject({ state: 'closed', token: 'GROUPED', energyWh: 1_000 })
  })

  describe('with a local list', () => {
    const listed = async (one: Case2, tokens: readonly string[]) => {
      one.answers('GetLocalListVersion', { versionNumber: 0 })
      one.answers('SendLocalList', accepted)
      expect(await one.order({ type: 'syncLocalList', tokens })).toMatchObject({ outcome: 'succeeded' })
      return one.asked.get('SendLocalList')
    }
    const entry = (uid: string, idTokenInfo: object) => ({ idToken: { idToken: uid, type: 'ISO14443' }, idTokenInfo })

    it('TC_C_40_CSMS the list has the groups, and another of the group may stop without being asked about', async () => {
      const one = await begin()
      expect(await listed(one, ['GROUPED', 'SISTER'])).toMatchObject({
        localAuthorizationList: [entry('GROUPED', inFleet), entry('SISTER', inFleet)],
      })
      const { transaction, told } = await charging(one, 'GROUPED')
      const stopped = await transaction.updated('StopAuthorized', { token: 'SISTER', state: 'EVConnected' })
      expect([told, stopped]).toEqual([{ idTokenInfo: inFleet }, { idTokenInfo: inFleet }])
      await transaction.ended('EVCommunicationLost', { reason: 'Local', wh: 2_000 })
      expect(await one.session()).toMatchObject({ state: 'closed', token: 'GROUPED' })
    })

    it('TC_C_43_CSMS one that was blocked when the list was made, and is good by now: who asks about it is told so', async () => {
      const one = await begin()
      await setting.test.api('PUT', '/api/v1/tokens/REFORMED', { groupId: 'FLEET', status: 'Blocked' })
      expect(await listed(one, ['GROUPED', 'REFORMED'])).toMatchObject({
        localAuthorizationList: [entry('GROUPED', inFleet)],
      })
      const { transaction } = await charging(one, 'GROUPED')
      expect(await one.authorize('REFORMED')).toMatchObject({ status: 'Blocked' })
      await setting.test.api('PUT', '/api/v1/tokens/REFORMED', { groupId: 'FLEET' })
      const info = await until('that it is good', async () => {
        const told = await one.authorize('REFORMED')
        return told.status === 'Accepted' ? told : undefined
      })
      expect(info).toEqual(inFleet)
      expect(await transaction.updated('StopAuthorized', { token: 'REFORMED' })).toEqual({ idTokenInfo: inFleet })
    })
  })

  describe('a master pass, which is told its group', () => {
    const both = async (one: Case2) => [await charging(one, 'GOOD', 1), await charging(one, 'GROUPED', 2)] as const
    const sessions = async (one: Case2) => {
      const { body } = await setting.test.api('GET', `/api/v1/sessions?chargePoint=${one.identity}`)
      return body as { readonly items: readonly object[] }
    }
    const byMaster = { reason: 'MasterPass', wh: 2_000 }
    const closed = { state: 'closed', stopReason: 'MasterPass', energyWh: 1_000 }

    it('TC_C_47_CSMS stops every transaction: each remains its driver’s', async () => {
      const one = await begin()
      const [first, second] = await both(one)
      expect(await one.authorize('MASTER')).toEqual(master)
      for (const { transaction } of [first, second])
        expect(await transaction.ended('StopAuthorized', { token: 'MASTER', ...byMaster })).toEqual({
          idTokenInfo: master,
        })
      expect(await sessions(one)).toMatchObject({
        items: [
          { ...closed, token: 'GROUPED' },
          { ...closed, token: 'GOOD' },
        ],
      })
    })

    it('TC_C_48_CSMS stops one transaction: the other goes on', async () => {
      const one = await begin()
      const [first] = await both(one)
      expect(await one.authorize('MASTER')).toEqual(master)
      await first.transaction.ended('StopAuthorized', { token: 'MASTER', ...byMaster })
      expect(await sessions(one)).toMatchObject({
        items: [
          { state: 'open', token: 'GROUPED' },
          { ...closed, token: 'GOOD' },
        ],
      })
    })

    it('TC_C_49_CSMS at a station without a display, which names the drivers’ own tokens with the ends', async () => {
      const one = await begin()
      const [first, second] = await both(one)
      expect(await one.authorize('MASTER')).toEqual(master)
      const end = async ({ transaction }: typeof first, token: string) =>
        transaction.ended('StopAuthorized', { token, ...byMaster })
      expect(await end(first, 'GOOD')).toEqual({ idTokenInfo: accepted })
      expect(await end(second, 'GROUPED')).toEqual({ idTokenInfo: inFleet })
      expect(await sessions(one)).toMatchObject({ items: [closed, closed] })
    })
  })
})
