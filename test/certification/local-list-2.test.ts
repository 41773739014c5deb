import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** The local authorisation list, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block D). */
describe('OCPP 2.0.1 local authorisation list', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { status: 'Accepted' }
  const inFleet = { status: 'Accepted', groupIdToken: { idToken: 'FLEET', type: 'Central' } }
  const token = (uid: string) => ({ idToken: uid, type: 'ISO14443' })

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`LIST-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const sent = async (one: Case2, version: number, order: object) => {
    one.answers('GetLocalListVersion', { versionNumber: version })
    one.answers('SendLocalList', accepted)
    expect(await one.order({ type: 'syncLocalList', ...order })).toMatchObject({ state: 'done', outcome: 'succeeded' })
    return one.asked.get('SendLocalList')
  }

  it('TC_D_01_CSMS the list in full: each entry says what its token may', async () => {
    const one = await begin()
    expect(await sent(one, 0, { tokens: ['GOOD', 'GROUPED'] })).toEqual({
      versionNumber: 1,
      updateType: 'Full',
      localAuthorizationList: [
        { idToken: token('GOOD'), idTokenInfo: accepted },
        { idToken: token('GROUPED'), idTokenInfo: inFleet },
      ],
    })
  })

  it('TC_D_02_CSMS what is new: it alone is sent', async () => {
    const one = await begin()
    await sent(one, 0, { tokens: ['GOOD'] })
    expect(await sent(one, 1, { tokens: ['GOOD', 'SISTER'] })).toEqual({
      versionNumber: 2,
      updateType: 'Differential',
      localAuthorizationList: [{ idToken: token('SISTER'), idTokenInfo: inFleet }],
    })
  })

  it('TC_D_03_CSMS what goes: its token is sent without a word about it', async () => {
    const one = await begin()
    await sent(one, 0, { tokens: ['GOOD', 'SISTER'] })
    expect(await sent(one, 1, { tokens: ['GOOD'] })).toEqual({
      versionNumber: 2,
      updateType: 'Differential',
      localAuthorizationList: [{ idToken: token('SISTER') }],
    })
  })

  it('TC_D_04_CSMS an empty list in full: it has a number and no entries', async () => {
    const one = await begin()
    await sent(one, 0, { tokens: ['GOOD'] })
    expect(await sent(one, 1, { tokens: [], full: true })).toEqual({ versionNumber: 2, updateType: 'Full' })
  })

  it.each([
    ['TC_D_08_CSMS a list that is there', 5, 'version 5'],
    ['TC_D_09_CSMS where there is none', 0, 'its list is empty'],
  ])('%s: its version is asked for and shown', async (_, versionNumber, note) => {
    const one = await begin()
    one.answers('GetLocalListVersion', { versionNumber })
    const { outcome, history } = await one.order({ type: 'getLocalListVersion' })
    expect([one.asked.get('GetLocalListVersion'), outcome, history.at(-1)?.note]).toEqual([{}, 'succeeded', note])
  })
})
