import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { certified, pemOfKey, request, x509 } from '../support/certificates.ts'
import { until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'
import { type Case, now, password, type Setting, setUp } from './setting.ts'

/** The security extension, by the cases of the test case document (OCTT, 2025-11) and the whitepaper, edition 3. */
describe('OCPP 1.6 security', () => {
  let setting: Setting
  let it_: Case
  let serial = 0
  const accepted = { status: 'Accepted' }

  beforeAll(async () => {
    setting = await setUp({ SM_TRUSTED_PROXIES: '127.0.0.1' })
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case> => (it_ = await setting.station(`SEC-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const identity = (): string => `SEC-${serial}`
  const securityEvents = async (): Promise<readonly { readonly event: string; readonly critical: boolean }[]> => {
    const page: { items: readonly { event: string; critical: boolean }[] } = (
      await setting.test.api('GET', `/api/v1/security-events?chargePoint=${identity()}`)
    ).body
    return page.items
  }
  const comes = (secret: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
    foreignStation(setting.test.url, identity(), secret, {
      headers: { 'x-forwarded-for': `10.0.0.${serial}`, ...headers },
    }).then(
      async (station) => {
        await station.close()
        return 'let in'
      },
      (error: unknown) => String(error),
    )

  /** Workers hear of a changed record within a second; who is refused must not try too often. */
  const eventually = async (what: string, look: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 6; tries++) {
      if (await look()) return
      await new Promise((go) => setTimeout(go, 700))
    }
    throw new Error(`${what} did not come about`)
  }

  it('TC_073_CSMS S-04 a new password: after Accepted the old one is dead, and the new one is good', async () => {
    const one = await begin()
    one.answers('ChangeConfiguration', accepted)
    expect(await one.order({ type: 'rotatePassword' })).toMatchObject({ outcome: 'succeeded' })
    const { key, value } = one.asked.get('ChangeConfiguration') ?? {}
    expect([key, String(value).length]).toEqual(['AuthorizationKey', 40])
    await eventually('the old one is dead', async () => (await comes(password)).includes('Unauthorized'))
    expect(await comes(Buffer.from(String(value), 'hex'))).toBe('let in')
  })

  it('TC_073_CSMS S-04 a new password that is rejected: the old one stays good, the new one never was', async () => {
    const one = await begin()
    one.answers('ChangeConfiguration', { status: 'Rejected' })
    expect(await one.order({ type: 'rotatePassword' })).toMatchObject({ outcome: 'rejected' })
    const { value } = one.asked.get('ChangeConfiguration') ?? {}
    const fresh = Buffer.from(String(value), 'hex')
    await eventually('the new one is dead', async () => (await comes(fresh)).includes('Unauthorized'))
    expect(await comes(password)).toBe('let in')
  })

  it('TC_073_CSMS S-04 a new password whose answer is lost: both are good until one of them is used', async () => {
    const one = await begin()
    let value = ''
    one.station.on('ChangeConfiguration', (params) => {
      value = String(params['value'])
      void one.close()
      return accepted
    })
    void one.order({ type: 'rotatePassword' }, 1)
    await until('the new password', async () => (value === '' ? undefined : value))
    await eventually('it is let in with it', async () => (await comes(Buffer.from(value, 'hex'))) === 'let in')
    await eventually('the old one is dead', async () => (await comes(password)).includes('Unauthorized'))
  })

  it('TC_074_CSMS a certificate is renewed: asked for, signed by our root, delivered, taken', async () => {
    const one = await begin()
    const csr = await request(`CN=${identity()}`)
    one.answers('ExtendedTriggerMessage', accepted, () => one.say('SignCertificate', { csr }))
    one.answers('CertificateSigned', accepted)
    expect(await one.order({ type: 'renewCertificate' }, 30)).toMatchObject({ outcome: 'succeeded' })
    const { certificate }: { certificate: string } = (await setting.test.api('GET', '/api/v1/authority')).body
    const leaf = new X509Certificate(String(one.asked.get('CertificateSigned')?.['certificateChain']))
    expect(leaf.verify(new X509Certificate(certificate).publicKey)).toBe(true)
  })

  it('TC_077_CSMS a certificate that the station refuses: the order fails, its event is an alarm', async () => {
    const one = await begin()
    const csr = await request(`CN=${identity()}`)
    one.answers('ExtendedTriggerMessage', accepted, () => one.say('SignCertificate', { csr }))
    one.answers('CertificateSigned', { status: 'Rejected' }, () =>
      one.say('SecurityEventNotification', { type: 'InvalidChargePointCertificate', timestamp: now() }),
    )
    expect(await one.order({ type: 'renewCertificate' }, 30)).toMatchObject({ outcome: 'failed' })
    await until('the event', async () => ((await securityEvents()).length > 0 ? true : undefined))
    expect(await securityEvents()).toMatchObject([{ event: 'InvalidChargePointCertificate', critical: true }])
  })

  it.each([
    ['TC_075_1_CSMS', 'manufacturer', 'ManufacturerRootCertificate'],
    ['TC_075_2_CSMS', 'centralSystem', 'CentralSystemRootCertificate'],
  ])('%s a root of kind %s is installed, and seen among those installed', async (_, use, certificateType) => {
    const one = await begin()
    const { pem: certificate } = await certified({ ca: true })
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
    one.answers('InstallCertificate', accepted)
    one.answers('GetInstalledCertificateIds', { ...accepted, certificateHashData: [hash] })
    expect(await one.order({ type: 'installCertificate', use, certificate })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('InstallCertificate')).toEqual({ certificateType, certificate })
    await one.order({ type: 'listCertificates', use })
    expect(one.asked.get('GetInstalledCertificateIds')).toEqual({ certificateType })
    const { body } = await setting.test.api('GET', `/api/v1/charge-points/${identity()}/installed-certificates`)
    expect(body).toMatchObject({ items: [{ use, ...hash }] })
  })

  it('TC_076_CSMS a root is deleted by the hashes that the station itself has told', async () => {
    const one = await begin()
    const hash = { hashAlgorithm: 'SHA384', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
    one.answers('DeleteCertificate', accepted)
    expect(await one.order({ type: 'deleteCertificate', hash })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('DeleteCertificate')).toEqual({ certificateHashData: hash })
    one.answers('DeleteCertificate', { status: 'NotFound' })
    expect(await one.order({ type: 'deleteCertificate', hash })).toMatchObject({ outcome: 'rejected' })
  })

  it('TC_078_CSMS a root of ours that is refused: the order says so, its event is an alarm', async () => {
    const one = await begin()
    one.answers('InstallCertificate', { status: 'Rejected' }, () =>
      one.say('SecurityEventNotification', { type: 'InvalidCentralSystemCertificate', timestamp: now() }),
    )
    const order = { type: 'installCertificate', use: 'centralSystem', certificate: 'none' }
    expect(await one.order(order)).toMatchObject({ outcome: 'rejected' })
    await until('the event', async () => ((await securityEvents()).length > 0 ? true : undefined))
    expect(await securityEvents()).toMatchObject([{ event: 'InvalidCentralSystemCertificate', critical: true }])
  })

  it('TC_079_CSMS the security log is put where we say, and kept', async () => {
    const one = await begin()
    one.answers('GetLog', { ...accepted, filename: 'security.log' }, async ({ requestId, log }) => {
      const { remoteLocation } = log as { readonly remoteLocation: string }
      await one.say('LogStatusNotification', { status: 'Uploading', requestId })
      await fetch(remoteLocation, { method: 'PUT', body: 'nothing happened' })
      await one.say('LogStatusNotification', { status: 'Uploaded', requestId })
    })
    expect(await one.order({ type: 'uploadLog', log: 'security' })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('GetLog')).toMatchObject({ logType: 'SecurityLog' })
    const { body } = await setting.test.api('GET', `/api/v1/files?chargePoint=${identity()}`)
    expect(body).toMatchObject({ items: [{ kind: 'security-log', size: 16 }] })
  })

  it.each([
    ['TC_080_CSMS', ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'], 'succeeded'],
    ['TC_081_CSMS', ['Downloading', 'Downloaded', 'InvalidSignature'], 'failed'],
  ])('%s a signed firmware that goes %s: the order %s', async (_, statuses, outcome) => {
    const one = await begin()
    one.answers('SignedUpdateFirmware', accepted, async ({ requestId }) => {
      for (const status of statuses) await one.say('SignedFirmwareStatusNotification', { status, requestId })
    })
    const order = { type: 'updateFirmware', location: 'https://example.com/f.bin' }
    const signed = { signature: 'c2ln', signingCertificate: 'PEM' }
    expect(await one.order({ ...order, ...signed })).toMatchObject({ state: 'done', outcome })
  })

  it('TC_083_CSMS S-03 a raised profile is the floor once the station has come with it, and not before', async () => {
    const one = await begin()
    one.answers('ChangeConfiguration', accepted)
    await one.order({ type: 'setConfig', key: 'SecurityProfile', value: '2' })
    expect(await comes(password)).toBe('let in')
    const throughTls = { 'x-forwarded-proto': 'https' }
    await eventually('the floor is higher', async () => {
      expect(await comes(password, throughTls)).toBe('let in')
      return (await comes(password)).includes('Forbidden')
    })
    expect(await comes(password, throughTls)).toBe('let in')
  })

  it('TC_085_CSMS a password of bytes that are no text is good as these bytes', async () => {
    const bytes = Buffer.from('f0e1d2c3b4a5968778695a4b3c2d1e0f00ff00ff', 'hex')
    serial++
    const passwordHex = bytes.toString('hex')
    await setting.test.api('PUT', `/api/v1/charge-points/${identity()}`, { passwordHex })
    expect(await comes(bytes)).toBe('let in')
    expect(await comes(password)).toContain('Unauthorized')
  })

  it('TC_086_CSMS over TLS the server shows its certificate, which the station checks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sm-tls-'))
    const name = new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])
    const root = await certified({ name: 'CN=Root', ca: true })
    const { pem, keys } = await certified({ name: 'CN=127.0.0.1', by: root, more: [name] })
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(cert, pem)
    writeFileSync(key, pemOfKey({ ...keys }))
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    const other = await setUp({ SM_TLS_CERT: cert, SM_TLS_KEY: key })
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    try {
      const station = (ca: string) => foreignStation(other.test.url, 'TLS-1', password, { ca })
      const { pem: foreignRoot } = await certified({ name: 'CN=Other', ca: true })
      await expect(station(foreignRoot)).rejects.toThrow()
      const one = await station(root.pem).catch((error: unknown) => String(error))
      // it is not registered there, and that is what it is told over TLS
      expect(one).toContain('Not Found')
    } finally {
      await other.stop()
    }
  })

  it('TC_087_CSMS with profile 3 a station shows its certificate, and is nobody without one', async () => {
    serial++
    await setting.test.api('PUT', `/api/v1/charge-points/${identity()}`, { securityProfile: 3 })
    const { certificate } = await certified({ name: `CN=${identity()}` })
    const shown = Buffer.from(certificate.rawData).toString('base64')
    const tls = { 'x-forwarded-proto': 'https' }
    expect(await comes('', { ...tls, 'client-cert': `:${shown}:` })).toBe('let in')
    expect(await comes('', tls)).toContain('Forbidden')
    const { certificate: anothers } = await certified({ name: 'CN=SOMEBODY-ELSE' })
    const wrong = Buffer.from(anothers.rawData).toString('base64')
    expect(await comes('', { ...tls, 'client-cert': `:${wrong}:` })).toContain('Unauthorized')
  })

  it('TC_088_CSMS of the sub-protocols offered the one we speak is taken; with none of them no socket is opened', async () => {
    serial++
    await setting.test.api('PUT', `/api/v1/charge-points/${identity()}`, { password })
    const upgrade = (protocols: string) =>
      fetch(new URL(`/ocpp/${identity()}`, setting.test.url), {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          'sec-websocket-protocol': protocols,
          authorization: `Basic ${btoa(`${identity()}:${password}`)}`,
        },
      })
    expect((await upgrade('ocpp0.1')).status).toBe(400)
    const { WebSocket } = await import('ws')
    const url = `${setting.test.url.replace('http', 'ws')}ocpp/${identity()}`
    const authorization = `Basic ${btoa(`${identity()}:${password}`)}`
    const socket = new WebSocket(url, ['ocpp0.1', 'ocpp1.6'], { headers: { authorization } })
    await new Promise((go, fail) => socket.once('open', go).once('error', fail))
    expect(socket.protocol).toBe('ocpp1.6')
    socket.close()
  })
})
