import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../bench/wire.ts'
import { isTwo, protocols } from '../../core/ocpp/version.ts'
import { startServer, type TestServer } from '../support/server.ts'

const password = 'a-password-of-the-station'
const texts = { short: 'a', long: 'data of a vendor, over and over, '.repeat(200) }

describe('a station that offers permessage-deflate (RFC 7692)', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/charge-points/CP-1', { password })
  })
  afterAll(() => test?.stop())

  it.each(protocols)('%s: gets it where the version asks for it, and is understood in any case', async (protocol) => {
    const answers: string[] = []
    let told: () => void = () => {}
    const wire = await connect({
      url: `${test.url.replace(/^http/, 'ws').replace(/\/$/, '')}/ocpp`,
      identity: 'CP-1',
      password,
      protocol,
      deflate: true,
      opened: () => {},
      heard(text) {
        if (text.startsWith('[3')) told()
        answers.push(text)
      },
      closed: () => {},
    })
    const ask = (id: string, action: string, payload: object): Promise<void> =>
      new Promise((go) => {
        told = go
        wire.send(JSON.stringify([2, id, action, payload]))
      })
    const boot = isTwo(protocol)
      ? { reason: 'PowerUp', chargingStation: { vendorName: 'Foreign', model: 'Client' } }
      : { chargePointVendor: 'Foreign', chargePointModel: 'Client' }
    await ask('boot', 'BootNotification', boot)
    for (const [id, data] of Object.entries(texts)) await ask(id, 'DataTransfer', { vendorId: 'org.example', data })
    wire.drop()
    expect([
      wire.deflates,
      answers.filter((text) => text.startsWith('[3')).map((text) => (JSON.parse(text) as string[])[1]),
    ]).toEqual([isTwo(protocol), ['boot', 'short', 'long']])
  })
})
