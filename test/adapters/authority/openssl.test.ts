import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Signed } from '../../../core/ports/authority.ts'
import { testAuthority } from '../../support/certificates.ts'
import { without } from '../../support/tools.ts'

const wanted = { tenant: 'default', commonName: 'SN-1', organisation: 'ACME', lifetimeDays: 90 }

describe.skipIf(without.openssl() !== undefined)('together with openssl', () => {
  let folder: string
  const at = (name: string): string => join(folder, name)
  const openssl = (command: string): string =>
    execFileSync('openssl', command.split(' '), { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const request = (key: string, ...more: readonly string[]): string => {
    execFileSync(
      'openssl',
      [
        'req',
        '-new',
        '-nodes',
        ...key.split(' '),
        ...more,
        '-subj',
        '/O=ACME/CN=SN-1',
        '-keyout',
        'key.pem',
        '-out',
        'csr.pem',
      ],
      { cwd: folder, stdio: 'ignore' },
    )
    return readFileSync(at('csr.pem'), 'utf8')
  }
  const p256 = '-newkey ec -pkeyopt ec_paramgen_curve:P-256'

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sm-openssl-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    p256,
    '-newkey ec -pkeyopt ec_paramgen_curve:P-224',
    '-newkey ec -pkeyopt ec_paramgen_curve:P-384',
    '-newkey rsa:2048',
    '-newkey rsa:2048 -sigopt rsa_padding_mode:pss -sha256',
  ])('BI-48: a request of %s is signed, and openssl verifies the chain for a client', async (key) => {
    const { authority } = await testAuthority()
    const signed = (await authority.sign(request(key), wanted)) as Signed
    writeFileSync(at('root.pem'), (await authority.root('default')).certificate)
    writeFileSync(at('leaf.pem'), signed.chain)
    expect(openssl('verify -x509_strict -purpose sslclient -CAfile root.pem leaf.pem')).toBe('leaf.pem: OK\n')
    expect(openssl('x509 -in leaf.pem -noout -pubkey')).toBe(openssl('pkey -in key.pem -pubout'))
    expect(openssl('x509 -in leaf.pem -noout -subject -serial').replaceAll(' = ', '=')).toBe(
      `subject=O=ACME, CN=SN-1\nserial=${signed.serial.toUpperCase()}\n`,
    )
    expect(() => openssl('verify -purpose sslserver -CAfile root.pem leaf.pem')).toThrow()
  })

  it.each([
    ['rsa:1024', '-newkey rsa:1024'],
    ['P-192', '-newkey ec -pkeyopt ec_paramgen_curve:P-192'],
    ['a curve of its own', `${p256} -pkeyopt ec_param_enc:explicit`],
    ['Ed25519', '-newkey ed25519'],
    ['a signature over SHA-1', `${p256} -sha1`],
  ])('BI-48: a request of %s is refused', async (_, key) => {
    const { authority } = await testAuthority()
    expect(await authority.sign(request(key), wanted)).toHaveProperty('refused')
  })

  it('a request in the older spelling, with lines of another system, is taken', async () => {
    const { authority } = await testAuthority()
    const csr = request(p256, '-newhdr').replaceAll('\n', '\r\n')
    expect(csr).toContain('BEGIN NEW CERTIFICATE REQUEST')
    expect(await authority.sign(`some words before\r\n${csr}`, wanted)).toHaveProperty('chain')
  })

  it.each(['SHA256', 'SHA384', 'SHA512'] as const)('certificates are named by %s as OCSP does', async (algorithm) => {
    const { authority } = await testAuthority()
    const { chain } = (await authority.sign(request(p256), wanted)) as Signed
    const { certificate } = await authority.root('default')
    writeFileSync(at('root.pem'), certificate)
    writeFileSync(at('leaf.pem'), chain)
    openssl(`ocsp -${algorithm.toLowerCase()} -no_nonce -issuer root.pem -cert leaf.pem -reqout request.der`)
    // long digits are broken off with a backslash
    const text = openssl('ocsp -reqin request.der -req_text').replaceAll(/\\\n\s*/g, '')
    const field = (name: string): string => new RegExp(`${name}: ([0-9A-F]+)`).exec(text)?.[1]?.toLowerCase() ?? ''
    expect(await authority.hashDataOf(chain + certificate, algorithm)).toEqual({
      hashAlgorithm: algorithm,
      issuerNameHash: field('Issuer Name Hash'),
      issuerKeyHash: field('Issuer Key Hash'),
      serialNumber: field('Serial Number').replace(/^0+/, ''),
    })
  })

  it.each([
    ['RSA-PSS', '-newkey rsa:2048', '-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1'],
    ['ECDSA', p256, ''],
  ])('a firmware that openssl has signed by %s is verified', async (_, key, how) => {
    writeFileSync(at('firmware.bin'), 'firmware')
    openssl(`req -x509 -nodes ${key} -subj /CN=Signer -keyout key.pem -out signer.pem`)
    openssl(`dgst -sha256 -sign key.pem ${how === '' ? '' : `${how} `}-out firmware.sig firmware.bin`)
    const { authority } = await testAuthority()
    const pem = readFileSync(at('signer.pem'), 'utf8')
    const signature = readFileSync(at('firmware.sig')).toString('base64')
    const content = (async function* () {
      yield readFileSync(at('firmware.bin'))
    })()
    expect(await authority.verifyFirmware({ content, signature, signingCertificate: pem, roots: [pem] })).toEqual({
      verified: true,
    })
  })
})
