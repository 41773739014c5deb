import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type SecureVersion } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { certified, pemOfKey, x509 } from '../support/certificates.ts'
import { until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'
import { password } from './setting.ts'
import { type Setting2, setUp2 } from './setting-2.ts'

/** Who may come in, and over what, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block A). */
describe('OCPP 2.0.1 security', () => {
  let setting: Setting2
  let serial = 0
  const protocol = 'ocpp2.0.1'

  beforeAll(async () => {
    setting = await setUp2({ SM_TRUSTED_PROXIES: '127.0.0.1' })
  })
  afterAll(() => setting?.stop())
  const register = async (): Promise<string> => {
    const identity = `DOOR-${++serial}`
    await setting.test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
    return identity
  }
  const comes = (identity: string, secret: string, headers: Readonly<Record<string, string>> = {}) =>
    foreignStation(setting.test.url, identity, secret, {
      protocol,
      headers: { 'x-forwarded-for': `10.1.0.${serial}`, ...headers },
    }).then(
      async (station) => {
        const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model' } }
        const { status } = await station.call('BootNotification', boot)
        await station.close()
        return status
      },
      (error: unknown) => String(error),
    )

  /** Workers hear of a changed record within a second; who is refused must not try too often. */
  const eventually = async (expected: string, look: () => Promise<unknown>): Promise<void> => {
    let seen: unknown
    for (let tries = 0; tries < 6; tries++) {
      seen = await look()
      if (String(seen).includes(expected)) return
      await new Promise((go) => setTimeout(go, 700))
    }
    expect(seen).toContain(expected)
  }

  it('TC_A_01_CSMS the right name and password: it is let in, and its boot accepted', async () => {
    expect(await comes(await register(), password)).toBe('Accepted')
  })

  it('TC_A_02_CSMS another name than the identity it comes under: it is refused before there is a socket', async () => {
    const [identity, other] = [await register(), await register()]
    const authorization = `Basic ${btoa(`${other}:${password}`)}`
    const answer = await new Promise((go) => {
      const url = `${setting.test.url.replace('http', 'ws')}ocpp/${identity}`
      const socket = new WebSocket(url, [protocol], { headers: { authorization } })
      socket.once('open', () => go('let in'))
      socket.once('error', (error: Error) => go(error.message))
    })
    expect(answer).toContain('401')
    expect(await comes('DOOR-NOBODY', password)).toContain('Not Found')
  })

  it('TC_A_03_CSMS a wrong password: it is refused, and with the right one let in', async () => {
    const identity = await register()
    expect(await comes(identity, 'another-password-than-that')).toContain('Unauthorized')
    expect(await comes(identity, password)).toBe('Accepted')
  })

  describe('who comes with a certificate, which the proxy that ends TLS has seen', () => {
    const shows = async (identity: string, name: string): Promise<unknown> => {
      await setting.test.api('PUT', `/api/v1/charge-points/${identity}`, { securityProfile: 3 })
      const { certificate } = await certified({ name })
      const shown = Buffer.from(certificate.rawData).toString('base64')
      return comes(identity, '', { 'x-forwarded-proto': 'https', 'client-cert': `:${shown}:` })
    }

    it('TC_A_07_CSMS which is its own: it is let in without a password', async () => {
      const identity = await register()
      expect(await shows(identity, `CN=${identity}`)).toBe('Accepted')
    })

    it('TC_A_08_CSMS which is another’s: it is refused; and without any as well', async () => {
      const identity = await register()
      expect(await shows(identity, 'CN=SOMEBODY-ELSE')).toContain('Unauthorized')
      expect(await comes(identity, '', { 'x-forwarded-proto': 'https' })).toContain('Forbidden')
    })
  })

  it('TC_A_19_CSMS a raised profile: once it has come as it wants, nothing less is let in', async () => {
    const identity = await register()
    const throughTls = { 'x-forwarded-proto': 'https' }
    const station = await foreignStation(setting.test.url, identity, password, { protocol })
    const asked = new Map<string, Readonly<Record<string, unknown>>>()
    for (const action of ['SetNetworkProfile', 'SetVariables', 'Reset'])
      station.on(action, (params) => {
        asked.set(action, params)
        if (action !== 'SetVariables') return { status: 'Accepted' }
        const set = params['setVariableData'] as readonly { readonly component: object; readonly variable: object }[]
        const results = set.map(({ component, variable }) => ({ component, variable, attributeStatus: 'Accepted' }))
        return { setVariableResult: results }
      })
    await station.call('BootNotification', {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Vendor', model: 'Model' },
    })
    const at = `/api/v1/charge-points/${identity}/commands`
    const profile = { slot: 2, url: `wss://example.com/ocpp`, securityProfile: 2, timeoutS: 30, interface: 'Wired0' }
    const { body } = await setting.test.api('POST', at, { type: 'moveStation', ...profile })
    const { id }: { readonly id: string } = body
    await until('its reset', async () => asked.get('Reset'))
    expect(asked.get('SetNetworkProfile')).toMatchObject({
      connectionData: { securityProfile: 2, ocppVersion: 'OCPP20' },
    })
    expect(JSON.stringify(asked.get('SetVariables'))).toContain('NetworkConfigurationPriority')
    await station.close()
    await eventually('Forbidden', async () => {
      expect(await comes(identity, password, throughTls)).toBe('Accepted')
      return comes(identity, password)
    })
    const command = await until('the end', async () => {
      const shown: { readonly state: string } = (await setting.test.api('GET', `/api/v1/commands/${id}`)).body
      return shown.state === 'done' ? shown : undefined
    })
    expect(command).toMatchObject({ outcome: 'succeeded' })
    expect(await comes(identity, password, throughTls)).toBe('Accepted')
  })

  describe('over TLS', () => {
    let secure: Setting2
    let root: string

    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sm-tls-'))
      const name = new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])
      const authority = await certified({ name: 'CN=Root', ca: true })
      const { pem, keys } = await certified({ name: 'CN=127.0.0.1', by: authority, more: [name] })
      const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
      writeFileSync(cert, pem)
      writeFileSync(key, pemOfKey(keys))
      root = authority.pem
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
      secure = await setUp2({ SM_TLS_CERT: cert, SM_TLS_KEY: key })
      await secure.test.api('PUT', '/api/v1/charge-points/TLS-1', { password })
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    })
    afterAll(() => secure?.stop())

    it('TC_A_04_CSMS the server shows its certificate, which the station checks', async () => {
      const { pem: foreignRoot } = await certified({ name: 'CN=Other', ca: true })
      const station = (ca: string) => foreignStation(secure.test.url, 'TLS-1', password, { ca, protocol })
      await expect(station(foreignRoot)).rejects.toThrow()
      const one = await station(root)
      const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'Vendor', model: 'Model' } }
      expect(await one.call('BootNotification', boot)).toMatchObject({ status: 'Accepted' })
      await one.close()
    })

    it('TC_A_06_CSMS a version older than 1.2 is refused', async () => {
      const spoken = (maxVersion: SecureVersion): Promise<string | null> =>
        new Promise((go) => {
          const { hostname: host, port } = new URL(secure.test.url)
          const socket = connect({ host, port: Number(port), minVersion: 'TLSv1', maxVersion, ca: root }, () => {
            go(socket.getProtocol())
            socket.end()
          })
          socket.on('error', (error: Error) => go(error.message))
        })
      expect(await spoken('TLSv1.3')).toBe('TLSv1.3')
      expect(await spoken('TLSv1.2')).toBe('TLSv1.2')
      for (const old of ['TLSv1.1', 'TLSv1'] as const) expect(await spoken(old)).toMatch(/version/i)
    })
  })
})
