import { describe, expect, it } from 'vitest'
import type { Order } from '../../core/domain/order.ts'
import { testWorker } from '../support/worker.ts'

const secret = 'PLANTED-x4Jq0Zk1n8Vt6Wc2Rb9Ym5Ls7Pd3Hf0'
const location = `https://csms.example/base/files/${secret}/file.bin`
const list = { wanted: [{ uid: 'PLANTED', status: 'Accepted' as const, groupId: 'PLANTED' }], most: 10 }

/** Everything that the trace holds of an order, which the station answers like this. */
const tracedOrder = async (
  order: Order,
  more: Parameters<ReturnType<typeof testWorker>['order']>[1] = {},
  answers: readonly object[] = [],
) => {
  const test = testWorker()
  await test.worker.start()
  const station = test.connect()
  await test.order(order, more)
  for (const answer of answers) {
    const [, messageId] = JSON.parse(station.said.at(-1) ?? '[]') as readonly string[]
    await station.asks([3, messageId, answer])
  }
  const entries = test.worker.trace.newest('default/CP-1', { limit: 100 })
  return {
    /** Actions of the CALLs that were really written. */
    sent: station.said.map((text) => (JSON.parse(text) as readonly unknown[])[2]),
    said: station.said.join('\n'),
    text: entries.map(({ text }) => text).join('\n'),
    pseudonym: test.digest.pseudonym('PLANTED'),
  }
}

describe('what the trace holds of an order', () => {
  const files: readonly (readonly [string, Order])[] = [
    ['GetDiagnostics', { type: 'uploadLog', log: 'diagnostics' }],
    ['GetLog', { type: 'uploadLog', log: 'security' }],
    ['UpdateFirmware', { type: 'updateFirmware', file: 'f' }],
    ['SignedUpdateFirmware', { type: 'updateFirmware', file: 'f', signature: 'c2ln', signingCertificate: 'PEM' }],
  ]
  it.each(files)('S-13: is not the ticket to its file: %s', async (action, order) => {
    const { sent, said, text } = await tracedOrder(order, { context: { location } })
    expect([sent, said.includes(secret)]).toEqual([[action], true])
    expect(text).not.toContain('PLANTED')
    expect(text.split('https://csms.example/base/files/***/file.bin')).toHaveLength(3)
  })

  const tokens: readonly (readonly [string, Order, Parameters<typeof tracedOrder>[1], readonly object[]])[] = [
    ['RemoteStartTransaction', { type: 'startCharging', token: 'LONG'.repeat(9) }, { tag: 'PLANTED' }, []],
    ['RemoteStartTransaction', { type: 'startCharging', token: 'PLANTED' }, {}, []],
    ['ReserveNow', { type: 'reserve', evse: 1, token: 'PLANTED', groupId: 'PLANTED', expiresAt: 4e12 }, {}, []],
    [
      'SendLocalList',
      { type: 'syncLocalList', tokens: ['PLANTED'] },
      { context: { localList: list } },
      [{ listVersion: 0 }],
    ],
  ]
  it.each(tokens)('S-20: is a pseudonym where %s presents a token', async (action, order, more, answers) => {
    const { sent, said, text, pseudonym } = await tracedOrder(order, more, answers)
    expect([sent.at(-1), said.includes('PLANTED')]).toEqual([action, true])
    expect(text).not.toContain('PLANTED')
    expect(text).not.toContain('LONG')
    expect(text).toContain(pseudonym)
  })

  it('S-08: is not the password that ChangeConfiguration sets', async () => {
    const { sent, said, text } = await tracedOrder({ type: 'rotatePassword' })
    const made = '07'.repeat(20)
    expect([sent, said.includes(made)]).toEqual([['ChangeConfiguration'], true])
    expect(text).toContain('{"key":"AuthorizationKey","value":"***"}')
    expect(text).not.toContain(made)
  })

  it('S-08: is no password that a station tells when it is asked for its configuration', async () => {
    const keys = ['AuthorizationKey', 'WifiPassword', 'Wlan.PSK', 'ApnPwd', 'FtpPass', 'WPA_Key', 'SimPin', 'ApiKey']
    const configurationKey = [
      ...keys.map((key) => ({ key, readonly: false, value: 'PLANTED' })),
      { key: 'BypassMode', readonly: false, value: 'on' },
    ]
    const { text } = await tracedOrder({ type: 'getConfig' }, {}, [{ configurationKey }])
    expect(text).not.toContain('PLANTED')
    expect(text.split('"***"')).toHaveLength(keys.length + 1)
    expect(text).toContain('"on"')
  })
})
