import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../core/ports/gateway.ts'
import { certified } from '../support/certificates.ts'
import { basic, door, secret } from '../support/door.ts'
import { settled } from '../support/clock.ts'
import { accept, testWorker, utf8 } from '../support/worker.ts'

const wrong = { authorization: basic('CP-1', 'wrong-wrong-wrong-wr') }
const proxy = { peer: '10.0.0.1' }
const overTls = { 'x-forwarded-proto': 'https' }

/** As a proxy hands it on (RFC 9440). */
const certificateOf = (commonName: string, organisation = 'CPO'): string => {
  const make =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -days 1 -outform DER'
  const der = execFileSync('openssl', [...make.split(' '), '-subj', `/O=${organisation}/CN=${commonName}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return `:${der.toString('base64')}:`
}

describe('security profiles (BI-15)', () => {
  it('BI-15 S-01: one that is registered for TLS is refused without it, and somebody is told once', async () => {
    const { register, status, reports } = door()
    register('CP-1', utf8(secret), { securityProfile: 2 })
    expect([await status('/ocpp/CP-1'), await status('/ocpp/CP-1')]).toEqual([403, 403])
    expect(await status('/ocpp/CP-1', {}, { secure: true })).toBe(101)
    expect(reports.map((r) => r.kind === 'alarm' && [r.identity, r.alarm])).toEqual([
      ['CP-1', 'security profile too low'],
    ])
  })

  it('BI-15: a wrong password is a wrong password first', async () => {
    const { register, status, reports } = door()
    register('CP-1', utf8(secret), { securityProfile: 2 })
    expect(await status('/ocpp/CP-1', wrong)).toBe(401)
    expect(reports).toEqual([])
  })

  it('BI-17 S-11: TLS that a proxy has ended counts where the proxy is trusted', async () => {
    const { register, status } = door()
    register('CP-1', utf8(secret), { securityProfile: 2 })
    expect(await status('/ocpp/CP-1', overTls, { peer: '198.51.100.1' })).toBe(403)
    expect(await status('/ocpp/CP-1', overTls, proxy)).toBe(101)
  })

  it('BI-15 BI-17 S-10: profile 3 comes with a certificate of its own, from a trusted proxy, and needs no password', async () => {
    const { register, status } = door()
    register('CP-1', undefined, { securityProfile: 3, serial: 'SN-0815' })
    const come = (certificate?: string, coming = proxy): Promise<number> => {
      const headers = {
        ...overTls,
        authorization: '',
        ...(certificate !== undefined && { 'client-cert': certificate }),
      }
      return status('/ocpp/CP-1', headers, coming)
    }
    expect(await come(certificateOf('CP-1'))).toBe(101)
    expect(await come(certificateOf('SN-0815'))).toBe(101)
    expect(await come(certificateOf('CP-2'))).toBe(401)
    expect(await come(':not a certificate:')).toBe(403)
    expect(await come(undefined)).toBe(403)
    expect(await come(certificateOf('CP-1'), { peer: '198.51.100.1' })).toBe(403)
  })

  it('S-10 A00.FR.405: the certificate of another operator is not its own, whatever its common name says', async () => {
    const { register, status } = door()
    register('CP-1', undefined, { securityProfile: 3, organisation: 'CPO' })
    register('own', undefined, { securityProfile: 3 })
    const come = (identity: string, certificate: string) =>
      status(`/ocpp/${identity}`, { ...overTls, authorization: '', 'client-cert': certificate }, proxy)
    expect(await come('CP-1', certificateOf('CP-1'))).toBe(101)
    expect(await come('CP-1', certificateOf('CP-1', 'Another'))).toBe(401)
    const root = async (tenant: string) =>
      certified({ name: `O=Stationmaster, OU=Charge points, CN=${tenant}`, ca: true })
    const by = async (tenant: string) => {
      const { certificate } = await certified({ name: 'O=CPO, CN=own', by: await root(tenant) })
      return `:${Buffer.from(certificate.rawData).toString('base64')}:`
    }
    expect(await come('own', await by('default'))).toBe(101)
    expect(await come('own', await by('other'))).toBe(401)
  })

  it('S-03: one that is told to raise itself to profile 3 has done so with a certificate of its own only', async () => {
    const { register, status, shown } = door()
    register('CP-1', utf8(secret), { securityProfile: 2, nextProfile: 3 })
    const come = (commonName: string) =>
      status('/ocpp/CP-1', { ...overTls, 'client-cert': certificateOf(commonName) }, proxy)
    expect([await come('CP-2'), shown]).toEqual([101, []])
    expect([await come('CP-1'), shown]).toEqual([101, ['default/CP-1 next profile']])
  })

  it('S-03: one that has raised itself to profile 3 comes with a certificate of its own in place of its password', async () => {
    const { register, status, shown } = door()
    register('CP-1', utf8(secret), { securityProfile: 2, nextProfile: 3 })
    const come = (commonName: string) =>
      status('/ocpp/CP-1', { ...overTls, authorization: '', 'client-cert': certificateOf(commonName) }, proxy)
    expect([await come('CP-2'), shown]).toEqual([401, []])
    expect([await come('CP-1'), shown]).toEqual([101, ['default/CP-1 next profile']])
  })

  it('D-15 S-01: nobody comes in without a password unless its operator has said so', async () => {
    const { register, status } = door()
    register('CP-1', undefined)
    register('OPEN', undefined, { securityProfile: 0 })
    expect(await status('/ocpp/CP-1', { authorization: '' })).toBe(401)
    expect(await status('/ocpp/OPEN', { authorization: '' })).toBe(101)
  })
})

describe('a door as its operator wants it', () => {
  it('BI-01: tells nobody which identities exist', async () => {
    const { knock } = door({ uniform401: true })
    const known = await knock('/ocpp/CP-1', wrong)
    expect(await knock('/ocpp/NOBODY', wrong)).toEqual(known)
    expect(known).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Basic realm="ocpp"' } })
  })

  it('BI-07: opens a socket without a sub-protocol only to close it with 1002', async () => {
    const { knock, worker } = door({ ocppj101Close: true })
    const admission = await knock('/ocpp/CP-1', { 'sec-websocket-protocol': 'mqtt' })
    expect(admission).toMatchObject({ admitted: true })
    expect('protocol' in admission).toBe(false)
    const closes: number[] = []
    const connection: Connection = {
      send: () => 0,
      ping: () => {},
      close: (code) => void closes.push(code),
      terminate: () => {},
    }
    const seat = (admission as unknown as { seat: Parameters<typeof worker.gateway.opened>[0] }).seat
    const link = worker.gateway.opened(seat, connection)
    worker.gateway.heard(link, '[2,"a","Heartbeat",{}]')
    worker.gateway.heardBinary(link)
    worker.gateway.closed(link, 1002)
    expect([closes, worker.registry.size]).toEqual([[1002], 0])
  })

  it('BI-18: lets a browser in whose origin is on the list', async () => {
    const { status } = door({ allowedOrigins: ['https://console.example'] })
    expect(await status('/ocpp/CP-1', { origin: 'https://console.example' })).toBe(101)
    expect(await status('/ocpp/CP-1', { origin: 'https://evil.example' })).toBe(403)
  })

  it('BI-12 S-05: sixty failures a minute for an address, whatever the identity, then 429', async () => {
    const { status } = door()
    for (let i = 0; i < 60; i++) expect(await status(`/ocpp/GUESS-${i}`)).toBe(404)
    expect(await status('/ocpp/GUESS-60')).toBe(429)
    expect(await status('/ocpp/GUESS-61', {}, { peer: '198.51.100.1' })).toBe(404)
  })

  it('BI-12 S-05: a thousand failures a minute from everywhere, then only who is known is looked at', async () => {
    const { status, clock } = door()
    for (let i = 0; i < 1_050; i++) {
      await status(`/ocpp/GUESS-${i}`, {}, { peer: `198.51.${i >> 6}.${i & 63}` })
      await clock.pass(1)
    }
    expect(await status('/ocpp/GUESS-1050', {}, { peer: '203.0.113.1' })).toBe(429)
    expect(await status('/ocpp/CP-1', {}, { peer: '203.0.113.1' })).toBe(101)
  })

  it('BI-13 INV-62: while it goes down everybody is refused with 503, and told when to come again', async () => {
    const { knock, worker } = door()
    await worker.drain(0)
    expect(await knock('/ocpp/CP-1')).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    })
  })
})

describe('what somebody should look at', () => {
  it('INV-33: a third takeover within ten minutes, and a sixtieth connect within an hour, once each', async () => {
    const { connect, reports, clock } = testWorker()
    for (let i = 0; i < 60; i++) {
      connect()
      await clock.pass(20_000)
    }
    expect(reports.flatMap((r) => (r.kind === 'alarm' ? [r.alarm] : []))).toEqual([
      'many takeovers',
      'many takeovers',
      'many reconnects',
    ])
  })

  it("BI-41 INV-34: a stop for another charge point's transaction, and not one for a transaction of nobody's", async () => {
    const { connect, memory, tokens } = testWorker()
    tokens.set(...accept('CARD1'))
    const at = '2026-11-24T12:00:00Z'
    await connect('CP-1').asks([
      2,
      'a',
      'StartTransaction',
      { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: at },
    ])
    const other = connect('CP-2')
    await other.asks([2, 'a', 'StopTransaction', { transactionId: 77, meterStop: 1, timestamp: at }])
    await other.asks([2, 'b', 'StopTransaction', { transactionId: 1_000_001, meterStop: 1, timestamp: at }])
    const alarms = memory.events.filter(({ type }) => type === 'security.alarm')
    expect(alarms.map(({ subject, data }) => [subject, data['alarm']])).toEqual([['CP-2', 'foreign transaction']])
  })

  it('BI-23a: more than ten pings a second close the socket with 1008 and cool the identity down', async () => {
    const { connect, worker } = testWorker()
    const station = connect()
    for (let i = 0; i < 10; i++) worker.gateway.pinged(station.link)
    expect(station.closes).toEqual([])
    worker.gateway.pinged(station.link)
    expect(station.closes).toEqual([{ code: 1008, reason: 'too many messages' }])
    await settled()
  })
})
