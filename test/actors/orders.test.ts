import { describe, expect, it } from 'vitest'
import type { Order } from '../../core/domain/order.ts'
import { testWorker } from '../support/worker.ts'

/** A worker with a connected station, an order given to it, and the station's answers one after another. */
const given = async (
  order: Order,
  answers: readonly object[],
  more: Parameters<ReturnType<typeof testWorker>['order']>[1] = {},
) => {
  const test = testWorker()
  await test.worker.start()
  const station = test.connect()
  const id = await test.order(order, more)
  for (const answer of answers) {
    const [, messageId] = lastCall(station.said)
    await station.asks([3, messageId, answer])
  }
  return { ...test, station, id, command: () => test.commands.get(id) }
}
type Call = readonly [number, string, string, Record<string, unknown>]
const callsIn = (said: readonly string[]): readonly Call[] =>
  said.map((text) => JSON.parse(text) as Call).filter(([type]) => type === 2)
const lastCall = (said: readonly string[]): Call => callsIn(said).at(-1) ?? ([2, '', '', {}] as const)

describe('an order', () => {
  it('of a remote start presents its tag, and is fulfilled by the session that presents it', async () => {
    const { station, tokens, command, memory } = await given(
      { type: 'startCharging', evse: 1, token: 'DE-8EM-C12345678-9-LONGER-THAN-20' },
      [{ status: 'Accepted' }],
      { tag: '0123456789ABCDEF' },
    )
    expect(lastCall(station.said)[3]).toEqual({ idTag: '0123456789ABCDEF', connectorId: 1 })
    const uid = 'DE-8EM-C12345678-9-LONGER-THAN-20'
    const tag = { chargePoint: 'CP-1' }
    tokens.set('0123456789abcdef', { uid, issuer: '', type: 'EVCO', status: 'Accepted', tag })
    const start = { connectorId: 1, idTag: '0123456789abcdef', meterStart: 0, timestamp: '2026-11-24T12:00:00Z' }
    await station.asks([2, 's', 'StartTransaction', start])
    expect([...memory.sessions.values()]).toMatchObject([{ token: uid, command: command()?.id }])
  })

  it('S-04: a tag is good at its own station only', async () => {
    const { tokens, connect } = testWorker()
    const tag = { chargePoint: 'CP-1' }
    tokens.set('0123456789abcdef', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted', tag })
    const authorize = [2, 'a', 'Authorize', { idTag: '0123456789ABCDEF' }]
    expect(await connect('CP-1').asks(authorize)).toEqual([[3, 'a', { idTagInfo: { status: 'Accepted' } }]])
    expect(await connect('CP-2').asks(authorize)).toEqual([[3, 'a', { idTagInfo: { status: 'Invalid' } }]])
  })

  it('TC_044_1_CSMS: of a firmware is noted step by step, and succeeds when it is installed', async () => {
    const order: Order = { type: 'updateFirmware', location: 'https://example.com/f.bin' }
    const { station, memory, command } = await given(order, [{}], {
      context: { location: 'https://example.com/f.bin' },
    })
    expect(command()).toMatchObject({ state: 'answered' })
    for (const status of ['Downloading', 'Downloaded', 'Installing', 'Installed'])
      expect(await station.asks([2, status, 'FirmwareStatusNotification', { status }])).toEqual([[3, status, {}]])
    expect(memory.fulfilled.map(({ note, goesOn, failed }) => ({ note, goesOn, failed }))).toEqual([
      { note: 'downloading', goesOn: true },
      { note: 'downloaded', goesOn: true },
      { note: 'installing', goesOn: true },
      { note: 'installed' },
    ])
  })

  it('TC_044_2_CSMS TC_044_3_CSMS: of a firmware fails when it cannot be fetched or installed', async () => {
    for (const [status, note] of [
      ['DownloadFailed', 'downloadFailed'],
      ['InstallationFailed', 'installationFailed'],
    ]) {
      const order: Order = { type: 'updateFirmware', location: 'https://example.com/f.bin' }
      const { station, memory } = await given(order, [{}], { context: { location: 'https://example.com/f.bin' } })
      await station.asks([2, 'a', 'FirmwareStatusNotification', { status }])
      expect(memory.fulfilled).toMatchObject([{ note, failed: note }])
    }
  })

  it('TC_080_CSMS TC_081_CSMS: of a signed firmware hears of its own request only', async () => {
    const order: Order = { type: 'updateFirmware', signature: 'c2ln', signingCertificate: 'PEM' }
    const { station, memory, id, commands } = await given(order, [{ status: 'Accepted' }], {
      context: { location: 'https://example.com/f.bin' },
    })
    const number = commands.get(id)?.number ?? 0
    expect(lastCall(station.said).slice(2)).toMatchObject(['SignedUpdateFirmware', { requestId: number }])
    const say = (status: string, requestId: number) =>
      station.asks([2, status + requestId, 'SignedFirmwareStatusNotification', { status, requestId }])
    await say('InvalidSignature', number + 1)
    expect(memory.fulfilled).toEqual([])
    await say('SignatureVerified', number)
    await say('InvalidSignature', number)
    expect(memory.fulfilled).toMatchObject([{ goesOn: true }, { failed: 'invalidSignature' }])
  })

  it('TC_043_5_CSMS TC_042_1_CSMS: to bring a list up to date asks for its version first, and sends what has changed', async () => {
    const localList = {
      wanted: [
        { uid: 'A', status: 'Accepted' as const },
        { uid: 'B', status: 'Accepted' as const, groupId: 'G' },
      ],
      known: {
        version: 3,
        entries: [
          { uid: 'A', status: 'Accepted' as const },
          { uid: 'OLD', status: 'Accepted' as const },
        ],
      },
      most: 10,
    }
    const { station, store, command } = await given(
      { type: 'syncLocalList' },
      [{ listVersion: 3 }, { status: 'Accepted' }],
      {
        context: { localList },
      },
    )
    expect(callsIn(station.said).map(([, , action, payload]) => [action, payload])).toEqual([
      ['GetLocalListVersion', {}],
      [
        'SendLocalList',
        {
          listVersion: 4,
          updateType: 'Differential',
          localAuthorizationList: [
            { idTag: 'B', idTagInfo: { status: 'Accepted', parentIdTag: 'G' } },
            { idTag: 'OLD' },
          ],
        },
      ],
    ])
    expect(command()).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(store.learnt.map(({ type }) => type)).toEqual(['localList.sent', 'localList.taken'])
  })

  it('TC_043_3_CSMS TC_043_4_CSMS: sends a list as a whole where the change is not taken, in parts where it is long', async () => {
    const wanted = ['A', 'B', 'C'].map((uid) => ({ uid, status: 'Accepted' as const }))
    const localList = { wanted, known: { version: 3, entries: [] }, most: 2 }
    const { station, command } = await given(
      { type: 'syncLocalList' },
      [{ listVersion: 3 }, { status: 'VersionMismatch' }, { status: 'Accepted' }, { status: 'Accepted' }],
      { context: { localList } },
    )
    const sent = callsIn(station.said)
      .slice(1)
      .map(([, , , payload]) => [payload['updateType'], payload['listVersion']])
    expect(sent).toEqual([
      ['Differential', 4],
      ['Full', 4],
      ['Differential', 5],
    ])
    expect(command()).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('TC_042_2_CSMS: knows by its version that a list whose answer was lost has arrived', async () => {
    const wanted = [{ uid: 'A', status: 'Accepted' as const }]
    const localList = { wanted, uncertain: { version: 7, entries: wanted }, most: 10 }
    const { station, command, store } = await given({ type: 'syncLocalList' }, [{ listVersion: 7 }], {
      context: { localList },
    })
    expect(callsIn(station.said).length).toBe(1)
    expect(command()).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(store.learnt).toEqual([{ type: 'localList.taken', list: localList.uncertain }])
  })

  it('TC_043_1_CSMS: says that a station keeps no list', async () => {
    const localList = { wanted: [], most: 10 }
    const { command } = await given({ type: 'syncLocalList' }, [{ listVersion: -1 }], { context: { localList } })
    expect(command()).toMatchObject({ state: 'done', outcome: 'unsupported' })
  })

  it('TC_073_CSMS S-04: of a new password knows both until the answer, and the secret stands in no row', async () => {
    const { station, store, commands, id } = await given({ type: 'rotatePassword' }, [{ status: 'Accepted' }])
    expect(lastCall(station.said)[3]).toEqual({ key: 'AuthorizationKey', value: '07'.repeat(20) })
    expect(store.learnt.map(({ type }) => type)).toEqual(['password.sent', 'password'])
    expect(store.learnt.at(-1)).toMatchObject({ type: 'password', became: 'current' })
    expect(JSON.stringify(commands.get(id))).not.toContain('0707')
  })

  it('S-04: a password that was refused is forgotten, one that needs a reboot stays beside the old one', async () => {
    for (const [status, became] of [
      ['Rejected', 'nothing'],
      ['NotSupported', 'nothing'],
      ['RebootRequired', 'next'],
    ] as const) {
      const { store } = await given({ type: 'rotatePassword' }, [{ status }])
      expect(store.learnt.at(-1)).toMatchObject({ type: 'password', became })
    }
  })

  it('TC_019_1_CSMS TC_019_2_CSMS: keeps what a station says of its configuration', async () => {
    const answer = {
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
      unknownKey: ['Coffee'],
    }
    const { store } = await given({ type: 'getConfig' }, [answer])
    expect(store.learnt).toEqual([
      {
        type: 'configuration',
        entries: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
        unknown: ['Coffee'],
        complete: true,
      },
    ])
  })

  it('S-03: knows SecurityProfile however it is spelt', async () => {
    const order: Order = { type: 'setConfig', key: 'securityProfile', value: '2' }
    const { store } = await given(order, [{ status: 'Accepted' }])
    expect(store.learnt).toContainEqual({ type: 'securityProfile', profile: 2 })
  })

  it.each(['AuthorizationKey', 'authorizationkey', ' AUTHORIZATIONKEY'])(
    'S-04: sends no %s that is not known to us, not even as a CALL as it is',
    async (key) => {
      const { worker, bus, connect, clock } = testWorker()
      await worker.start()
      const { said } = connect()
      const to = { tenant: 'default', identity: 'CP-1' }
      const call = { action: 'ChangeConfiguration', payload: { key, value: 'x' }, deadline: clock.now() + 60_000 }
      expect(await bus.ask('w1', { number: 1, to, ...call }, 1_000)).toMatchObject({
        outcome: { type: 'invalid', reason: expect.stringContaining('rotatePassword') },
      })
      expect(said).toEqual([])
    },
  )

  it.each(['AuthorizationKey', 'authorizationkey', 'WifiPassword'])(
    'A01.FR.09: keeps of %s that there is one, and its value neither in the mirror nor with the answer',
    async (key) => {
      const answer = { configurationKey: [{ key, readonly: false, value: 'opensesame' }] }
      const { store, commands, id } = await given({ type: 'getConfig' }, [answer])
      expect(store.learnt).toMatchObject([{ entries: [{ key, readonly: false }] }])
      expect(JSON.stringify([store.learnt, commands.get(id)])).not.toContain('opensesame')
      expect(commands.get(id)?.answer).toMatchObject({ configurationKey: [{ key, value: '***' }] })
    },
  )

  it('TC_048_1_CSMS TC_048_2_CSMS TC_048_3_CSMS TC_048_4_CSMS: to keep a connector says why it is not kept', async () => {
    for (const status of ['Faulted', 'Occupied', 'Unavailable', 'Rejected']) {
      const expiresAt = Date.UTC(2027, 0)
      const { command, store } = await given({ type: 'reserve', evse: 1, token: 'CARD1', expiresAt }, [{ status }])
      expect(command()).toMatchObject({ state: 'done', outcome: 'rejected', reason: status })
      expect(store.learnt).toEqual([])
    }
  })

  it('TC_047_CSMS: a connector that is free again before its time has let go of its reservation', async () => {
    const expiresAt = Date.UTC(2027, 0)
    const { station, reports, commands, id } = await given({ type: 'reserve', evse: 1, token: 'CARD1', expiresAt }, [
      { status: 'Accepted' },
    ])
    const number = commands.get(id)?.number
    for (const status of ['Reserved', 'Available'])
      await station.asks([2, status, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status }])
    expect(reports.filter(({ kind }) => kind === 'reservation')).toMatchObject([{ id: number }])
  })

  it('TC_051_CSMS TC_052_CSMS: one that a station does not have is not active any more either', async () => {
    for (const status of ['Accepted', 'Rejected']) {
      const { store } = await given({ type: 'cancelReservation', reservation: 5 }, [{ status }])
      expect(store.learnt).toMatchObject([{ type: 'reservation.cancelled', id: 5 }])
    }
  })

  it('TC_045_1_CSMS TC_045_2_CSMS: of diagnostics ends with their upload, or with its failure', async () => {
    for (const [status, failed] of [
      ['Uploaded', undefined],
      ['UploadFailed', 'uploadFailed'],
    ]) {
      const order: Order = { type: 'uploadLog', log: 'diagnostics' }
      const { station, memory } = await given(order, [{ fileName: 'd.log' }], { context: { location: 'https://x/y' } })
      expect(lastCall(station.said)[2]).toBe('GetDiagnostics')
      await station.asks([2, 'a', 'DiagnosticsStatusNotification', { status: 'Uploading' }])
      await station.asks([2, 'b', 'DiagnosticsStatusNotification', { status }])
      expect(memory.fulfilled.at(-1)?.failed).toBe(failed)
    }
  })

  it('a station that has no diagnostics ends the order with its answer', async () => {
    const { command } = await given({ type: 'uploadLog', log: 'diagnostics' }, [{}], {
      context: { location: 'https://x/y' },
    })
    expect(command()).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('that is taken back before it is sent is sent no more (INV-48)', async () => {
    const test = testWorker()
    await test.worker.start()
    const station = test.connect()
    await test.order({ type: 'clearCache' })
    const second = await test.order({ type: 'clearCache' })
    await test.store.step({ tenant: 'default', id: second }, { at: 0, state: 'cancelled' })
    const [, messageId] = lastCall(station.said)
    await station.asks([3, messageId, { status: 'Accepted' }])
    expect(callsIn(station.said).length).toBe(1)
    expect(test.commands.get(second)).toMatchObject({ state: 'cancelled' })
  })
})

describe('a token', () => {
  it('ConcurrentTx: charges as often at a time as it may, and Authorize says the same as a start', async () => {
    const { tokens, connect, memory } = testWorker()
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted', mostSessions: 1 })
    const start = (id: string, meterStart: number) => [
      2,
      id,
      'StartTransaction',
      { connectorId: 1, idTag: 'card1', meterStart, timestamp: '2026-11-24T12:00:00Z' },
    ]
    const [one, two] = [connect('CP-1'), connect('CP-2')]
    expect(await one.asks(start('a', 1))).toMatchObject([[3, 'a', { idTagInfo: { status: 'Accepted' } }]])
    expect(await two.asks([2, 'x', 'Authorize', { idTag: 'CARD1' }])).toEqual([
      [3, 'x', { idTagInfo: { status: 'ConcurrentTx' } }],
    ])
    expect(await two.asks(start('b', 2))).toMatchObject([[3, 'b', { idTagInfo: { status: 'ConcurrentTx' } }]])
    // its own repetition is no second session (MicroOcpp: stopped by its own duplicate)
    expect(await one.asks(start('c', 1))).toMatchObject([[3, 'c', { idTagInfo: { status: 'Accepted' } }]])
    expect(memory.sessions.size).toBe(2)
  })

  it('ConcurrentTx: is good at its own station, where it is presented to end the session', async () => {
    const { tokens, connect } = testWorker()
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted', mostSessions: 1 })
    const start = { connectorId: 1, idTag: 'CARD1', meterStart: 1, timestamp: '2026-11-24T12:00:00Z' }
    const [one, two] = [connect('CP-1'), connect('CP-2')]
    await one.asks([2, 'a', 'StartTransaction', start])
    const authorize = [2, 'b', 'Authorize', { idTag: 'CARD1' }]
    expect(await one.asks(authorize)).toEqual([[3, 'b', { idTagInfo: { status: 'Accepted' } }]])
    expect(await two.asks(authorize)).toEqual([[3, 'b', { idTagInfo: { status: 'ConcurrentTx' } }]])
  })

  it('is looked up for the moment at which it was presented, which a queued start tells', async () => {
    const asked: (number | undefined)[] = []
    const find = async (_: string, __: string, at?: number) => void asked.push(at)
    const { connect } = testWorker({ outside: { tokens: { find: find as never, charging: async () => 0 } } })
    const start = { connectorId: 1, idTag: 'TAG', meterStart: 1, timestamp: '2026-11-20T12:00:00Z' }
    await connect().asks([2, 'a', 'StartTransaction', start], [2, 'b', 'Authorize', { idTag: 'TAG' }])
    expect(asked).toEqual([Date.UTC(2026, 10, 20, 12), undefined])
  })

  it('tells an offline station for how long it may rely on the answer', async () => {
    const { tokens, connect, clock } = testWorker()
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted', cacheS: 600 })
    const [answer] = await connect().asks([2, 'a', 'Authorize', { idTag: 'CARD1' }])
    const expiryDate = new Date(clock.now() + 600_000).toISOString()
    expect(answer).toEqual([3, 'a', { idTagInfo: { status: 'Accepted', expiryDate } }])
  })
})

describe('what a station tells of itself', () => {
  it('TC_077_CSMS TC_078_CSMS TC_079_CSMS S-14: a security event is kept once, whatever its message id, and critical ones are known', async () => {
    const { connect, memory } = testWorker()
    const event = { type: 'InvalidChargePointCertificate', timestamp: '2026-11-24T12:00:00Z', techInfo: 'x' }
    const station = connect()
    expect(await station.asks([2, 'a', 'SecurityEventNotification', event])).toEqual([[3, 'a', {}]])
    await station.asks([2, 'b', 'SecurityEventNotification', event])
    expect([...memory.facts.values()].filter(({ fact }) => fact.kind === 'security.reported').length).toBe(1)
    expect(memory.securityEvents.map(({ critical }) => critical)).toEqual([true, true])
  })

  it('BI-48 S-12: a certificate request that cannot be signed is rejected, one that can leaves a job', async () => {
    const { connect, refusedCsr, memory } = testWorker()
    const csr = [2, 'a', 'SignCertificate', { csr: '-----BEGIN CERTIFICATE REQUEST-----' }]
    refusedCsr.because = 'it is no request'
    expect(await connect().asks(csr)).toEqual([[3, 'a', { status: 'Rejected' }]])
    expect(memory.outbox.size).toBe(0)
    refusedCsr.because = undefined
    expect(await connect().asks(csr)).toEqual([[3, 'a', { status: 'Accepted' }]])
    expect([...memory.outbox.values()]).toMatchObject([{ kind: 'certificate' }])
  })

  it('TC_064_CSMS BI-49: a DataTransfer is answered by its vendor’s plug-in, or told that there is none', async () => {
    const { connect } = testWorker()
    const answers = await connect().asks(
      [2, 'a', 'DataTransfer', { vendorId: 'nobody' }],
      [2, 'b', 'DataTransfer', { vendorId: 'ORG.openchargealliance.costmsg', messageId: 'Coffee' }],
      [
        2,
        'c',
        'DataTransfer',
        { vendorId: 'org.openchargealliance.costmsg', messageId: 'ConnectorUnplugged', data: '{"transactionId":1}' },
      ],
      [
        2,
        'd',
        'DataTransfer',
        { vendorId: 'org.openchargealliance.costmsg', messageId: 'ConnectorUnplugged', data: 'not json' },
      ],
      [2, 'e', 'DataTransfer', { vendorId: 'org.openchargealliance.costmsg', messageId: 'constructor' }],
    )
    expect(answers.map((answer) => (answer as [number, string, { status: string }])[2].status)).toEqual([
      'UnknownVendorId',
      'UnknownMessageId',
      'Accepted',
      'Rejected',
      'UnknownMessageId',
    ])
  })
})

describe('a request for a certificate', () => {
  const boot = { chargePointVendor: 'Vendor', chargePointModel: 'Model', chargePointSerialNumber: 'SN-2' }

  it('A00.FR.405: is looked at by the serial number that the station has just told', async () => {
    const asked: (string | undefined)[] = []
    const fault = async ({ serial }: { readonly serial?: string }) => void asked.push(serial)
    const { connect } = testWorker({ outside: { certificateRequests: { fault: fault as never } } })
    const station = connect()
    await station.asks([2, 'a', 'BootNotification', boot], [2, 'b', 'SignCertificate', { csr: 'CSR' }])
    const { chargePointSerialNumber: _, ...others } = boot
    await station.asks([2, 'c', 'BootNotification', others], [2, 'd', 'SignCertificate', { csr: 'CSR 2' }])
    expect(asked).toEqual(['SN-2', undefined])
  })

  it('D-11: waits while our store is down, and is never answered with an error of ours', async () => {
    let isDown = true
    const fault = async () => {
      if (isDown) throw new Error('the store is down')
      return undefined
    }
    const { connect, clock } = testWorker({ outside: { certificateRequests: { fault } } })
    const station = connect()
    expect(await station.asks([2, 'a', 'SignCertificate', { csr: 'CSR' }])).toEqual([])
    isDown = false
    await clock.pass(1_000)
    await station.asks()
    expect(station.said.map((text) => JSON.parse(text) as unknown)).toEqual([[3, 'a', { status: 'Accepted' }]])
  })
})
