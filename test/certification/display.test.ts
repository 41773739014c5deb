import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ModelCase, type ModelSetting, setUpModel } from './model-setting.ts'

/** Messages on the displays of OCPP 2.0.1, by the cases of part 6, edition 3. */
describe('OCPP 2.0.1, display messages', () => {
  let setting: ModelSetting
  let one: ModelCase
  let serial = 0

  beforeAll(async () => {
    setting = await setUpModel()
  })
  afterAll(() => setting?.stop())
  afterEach(() => one?.close().catch(() => {}))
  const begin = async (protocol?: 'ocpp2.1'): Promise<ModelCase> =>
    (one = await setting.station(`SHOW-${++serial}`, protocol))

  const accepted = { status: 'Accepted' }
  const text = { format: 'UTF8', language: 'en', content: 'Out of order on Sunday' }
  const show = (more: object = {}) => one.order({ type: 'setDisplayMessage', id: 5, text, ...more })
  const sent = () => one.asked('SetDisplayMessage').at(-1)?.['message']
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  const inTwoHours = new Date(Date.now() + 7_200_000).toISOString()

  it('TC_O_01_CSMS show a message that belongs to no session', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    expect(await show({ priority: 'alwaysFront' })).toMatchObject({ outcome: 'succeeded' })
    expect(sent()).toEqual({ id: 5, priority: 'AlwaysFront', message: text })
    expect(await one.bodies('displayMessage')).toEqual([{ id: 5, priority: 'alwaysFront', text }])
  })

  const told =
    (...pages: readonly (readonly object[])[]) =>
    async (params: object) => {
      for (const [i, messageInfo] of pages.entries())
        await one.say('NotifyDisplayMessages', {
          requestId: (params as { requestId: number }).requestId,
          tbc: i < pages.length - 1,
          messageInfo,
        })
    }
  const shown = (id: number, more: object = {}) => ({ id, priority: 'NormalCycle', message: text, ...more })

  it('TC_O_02_CSMS all messages, in pages: what they do not name is not shown any more', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await show()
    one.answers('GetDisplayMessages', accepted, told([shown(6)], [shown(7, { state: 'Idle' })]))
    expect(await one.order({ type: 'getDisplayMessages' })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('GetDisplayMessages')).toEqual([{ requestId: expect.any(Number) }])
    expect(await one.bodies('displayMessage')).toEqual([
      { id: 6, priority: 'normalCycle', text },
      { id: 7, priority: 'normalCycle', state: 'idle', text },
    ])
  })

  it('TC_O_03_CSMS all messages: there are none', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await show()
    one.answers('GetDisplayMessages', { status: 'Unknown' })
    expect(await one.order({ type: 'getDisplayMessages' })).toMatchObject({ outcome: 'succeeded' })
    expect(await one.bodies('displayMessage')).toEqual([])
  })

  it.each([
    ['TC_O_04_CSMS', 'Accepted', 'succeeded'],
    ['TC_O_05_CSMS', 'Unknown', 'rejected'],
  ])('%s clear a message: %s', async (_, status, outcome) => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await show()
    one.answers('ClearDisplayMessage', { status })
    expect(await one.order({ type: 'clearDisplayMessage', id: 5 })).toMatchObject({ outcome })
    expect(one.asked('ClearDisplayMessage')).toEqual([{ id: 5 }])
    expect(await one.bodies('displayMessage')).toEqual([])
  })

  it('TC_O_06_CSMS show a message with a session', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await one.event('Started', 'tx-6')
    const session = await one.session()
    expect(await show({ session, state: 'charging' })).toMatchObject({ outcome: 'succeeded' })
    expect(sent()).toMatchObject({ id: 5, transactionId: 'tx-6', state: 'Charging' })
    expect(await show({ session: '00000000-0000-7000-8000-000000000000' })).toMatchObject({ outcome: 'rejected' })
  })

  it.each([
    ['TC_O_07_CSMS', { ids: [6] }, { id: [6] }],
    ['TC_O_08_CSMS', { priority: 'inFront' }, { priority: 'InFront' }],
    ['TC_O_09_CSMS', { state: 'idle' }, { state: 'Idle' }],
  ])('%s some messages: %o', async (_, wanted, asked) => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await show()
    one.answers('GetDisplayMessages', accepted, told([shown(6)]))
    expect(await one.order({ type: 'getDisplayMessages', ...wanted })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('GetDisplayMessages')).toEqual([{ requestId: expect.any(Number), ...asked }])
    expect((await one.bodies('displayMessage')).map(({ id }) => id)).toEqual([5, 6])
  })

  it('TC_O_11_CSMS some messages: there is no such one', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await show()
    one.answers('GetDisplayMessages', { status: 'Unknown' })
    expect(await one.order({ type: 'getDisplayMessages', ids: [9] })).toMatchObject({ outcome: 'succeeded' })
    expect(await one.bodies('displayMessage')).toHaveLength(1)
  })

  it.each([
    ['TC_O_10_CSMS', 'UnknownTransaction', 'rejected'],
    ['TC_O_17_CSMS', 'NotSupportedPriority', 'unsupported'],
    ['TC_O_18_CSMS', 'NotSupportedState', 'unsupported'],
    ['TC_O_19_CSMS', 'NotSupportedMessageFormat', 'unsupported'],
    ['TC_O_26_CSMS', 'Rejected', 'rejected'],
  ])('%s a message that is not taken: %s', async (_, status, outcome) => {
    await begin()
    one.answers('SetDisplayMessage', { status })
    await one.event('Started', `tx-${status}`)
    const session = await one.session()
    expect(await show({ session })).toMatchObject({ outcome, reason: status })
    expect(await one.bodies('displayMessage')).toEqual([])
  })

  it('TC_O_12_CSMS a message with the id of another takes its place', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await show({ state: 'idle' })
    await show({ text: { ...text, content: 'Back on Monday' } })
    expect(await one.bodies('displayMessage')).toEqual([
      { id: 5, priority: 'normalCycle', text: { ...text, content: 'Back on Monday' } },
    ])
  })

  it('TC_O_13_CSMS a message from a time on', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    expect(await show({ startsAt: inAnHour })).toMatchObject({ outcome: 'succeeded' })
    expect(sent()).toMatchObject({ startDateTime: inAnHour })
    expect(await one.bodies('displayMessage')).toMatchObject([{ startsAt: Date.parse(inAnHour) }])
  })

  it('TC_O_14_CSMS a message until a time, and then it is not there any more', async () => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    expect(await show({ endsAt: inAnHour })).toMatchObject({ outcome: 'succeeded' })
    expect(sent()).toMatchObject({ endDateTime: inAnHour })
    const soon = new Date(Date.now() + 700).toISOString()
    await show({ endsAt: soon })
    expect(await one.bodies('displayMessage')).toHaveLength(1)
    await new Promise((go) => setTimeout(go, 800))
    expect(await one.bodies('displayMessage')).toEqual([])
    expect(await show({ endsAt: '2020-01-01T00:00:00Z' })).toMatchObject({ status: 422 })
  })

  it.each(['charging', 'faulted', 'idle', 'unavailable'])('TC_O_25_CSMS a message while it is %s', async (state) => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    expect(await show({ state })).toMatchObject({ outcome: 'succeeded' })
    expect(sent()).toMatchObject({ state: state.charAt(0).toUpperCase() + state.slice(1) })
  })

  it.each([
    ['TC_O_27_CSMS', 'from a time on', { startsAt: inAnHour }, { startDateTime: inAnHour }],
    ['TC_O_28_CSMS', 'until a time', { startsAt: inAnHour, endsAt: inTwoHours }, { endDateTime: inTwoHours }],
  ])('%s a message with a session, %s', async (id, _, when, asked) => {
    await begin()
    one.answers('SetDisplayMessage', accepted)
    await one.event('Started', id)
    const session = await one.session()
    expect(await show({ session, ...when })).toMatchObject({ outcome: 'succeeded' })
    expect(sent()).toMatchObject({ transactionId: id, ...asked })
  })

  it('OCPP 2.1 knows more languages, states and forms; 2.0.1 is not told of them', async () => {
    const texts = [{ format: 'UTF8', language: 'de', content: 'Am Sonntag außer Betrieb' }]
    const newer = [{ texts }, { state: 'suspended' }, { text: { format: 'QRCODE', content: 'https://pay.example' } }]
    await begin()
    one.answers('SetDisplayMessage', accepted)
    for (const more of newer) expect(await show(more)).toMatchObject({ outcome: 'unsupported' })
    expect(one.asked('SetDisplayMessage')).toEqual([])
    await one.close()
    await begin('ocpp2.1')
    one.answers('SetDisplayMessage', accepted)
    for (const more of newer) expect(await show(more)).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetDisplayMessage')[0]?.['message']).toMatchObject({ messageExtra: texts })
  })
})
