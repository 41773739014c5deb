import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { now } from './setting.ts'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** Logs, and events of what cannot be read, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block N). */
describe('OCPP 2.0.1 diagnostics', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { status: 'Accepted' }

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`LOG-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const tells = (one: Case2, status: string, requestId: unknown) =>
    one.say('LogStatusNotification', { status, requestId })
  const uploads = async (one: Case2, { requestId, log }: Readonly<Record<string, unknown>>, body: string) => {
    const { remoteLocation } = log as { readonly remoteLocation: string }
    expect(await tells(one, 'Uploading', requestId)).toEqual({})
    await fetch(remoteLocation, { method: 'PUT', body })
    expect(await tells(one, 'Uploaded', requestId)).toEqual({})
  }

  it.each([
    ['TC_N_25_CSMS', 'diagnostics', 'DiagnosticsLog'],
    ['TC_N_35_CSMS', 'security', 'SecurityLog'],
  ])('%s the log of %s of a time is put where we say, and kept', async (_, log, logType) => {
    const one = await begin()
    one.answers('GetLog', { ...accepted, filename: 'station.log' }, (params) => uploads(one, params, 'all is well'))
    const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
    const command = await one.order({ type: 'uploadLog', log, from, to })
    expect(command).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(one.asked.get('GetLog')).toEqual({
      logType,
      requestId: command.number,
      log: { remoteLocation: expect.stringContaining('http'), oldestTimestamp: from, latestTimestamp: to },
    })
    const page: { items: { id: string; size: number }[] } = (
      await setting.test.api('GET', `/api/v1/files?chargePoint=${one.identity}`)
    ).body
    expect(page.items).toMatchObject([{ size: 11 }])
    expect((await setting.test.api('GET', `/api/v1/files/${page.items[0]?.id}/content`)).body).toBe('all is well')
  })

  it('TC_N_34_CSMS a log that is not given: the order says so', async () => {
    const one = await begin()
    one.answers('GetLog', { status: 'Rejected' })
    expect(await one.order({ type: 'uploadLog' })).toMatchObject({ state: 'done', outcome: 'rejected' })
  })

  it.each([
    ['after its answer', false],
    ['before its answer, as some do', true],
  ])('TC_N_36_CSMS a second log takes the place of the first, whose end is told %s', async (_, isEarly) => {
    const one = await begin()
    one.answers('GetLog', accepted, ({ requestId }) => tells(one, 'Uploading', requestId))
    const first = await one.order({ type: 'uploadLog' }, 1)
    expect(first).toMatchObject({ state: 'answered' })
    const ends = () => tells(one, 'AcceptedCanceled', first.number)
    const early: Promise<unknown>[] = []
    const answer = () => {
      if (isEarly) early.push(ends())
      return { status: 'AcceptedCanceled', filename: 'second.log' }
    }
    one.answers('GetLog', answer, async (params) => {
      if (!isEarly) await ends()
      await uploads(one, params, 'the second')
    })
    expect(await one.order({ type: 'uploadLog', log: 'security' })).toMatchObject({ outcome: 'succeeded' })
    await Promise.all(early)
    expect(await one.command(first.id)).toMatchObject({ state: 'done', outcome: 'failed' })
  })

  it('TC_N_48_CSMS an event about a variable that can only be written says no value: it is taken note of', async () => {
    const one = await begin()
    const password = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } }
    const event = { eventId: 1, timestamp: now(), trigger: 'Delta', actualValue: '', variableMonitoringId: 9 }
    expect(
      await one.say('NotifyEvent', {
        generatedAt: now(),
        seqNo: 0,
        eventData: [{ ...event, ...password, eventNotificationType: 'CustomMonitor' }],
      }),
    ).toEqual({})
    const told = await setting.test.api('GET', `/api/v1/charge-points/${one.identity}/items/variable`)
    expect(JSON.stringify(told.body)).toContain('SecurityCtrlr.BasicAuthPassword')
  })
})
