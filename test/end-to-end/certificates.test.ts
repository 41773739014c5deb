import { spawn } from 'node:child_process'
import { constants, createHash, sign, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import type { Root, Signed } from '../../core/ports/authority.ts'
import type { CertificateHash } from '../../core/domain/certificate.ts'
import { certified, ec, request, rsa } from '../support/certificates.ts'
import { runtimeCommand, runtimes } from '../support/process.ts'

interface Answer {
  readonly root: Root
  readonly signed: Signed & { readonly refused?: string }
  readonly verified: unknown
  readonly hash?: CertificateHash
}

/** Asks an authority that runs elsewhere; it ends with the last question. */
const ask = async (runtime: ReturnType<typeof runtimes>[number], questions: readonly object[]): Promise<Answer[]> => {
  const [program = '', ...args] = runtimeCommand(runtime) ?? []
  const child = spawn(program, [...args, join(import.meta.dirname, '../support/key-owner.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''))
  const answers: Answer[] = []
  for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line) as Answer)
  return answers
}

const firmware = Buffer.from('firmware '.repeat(1_000))
const wanted = { tenant: 'default', commonName: 'SN-1', organisation: 'ACME', lifetimeDays: 90 }
const keys = [() => ec(), () => ec('P-384'), () => rsa()]

describe.each(runtimes())('the same authority on %s', (runtime) => {
  it('BI-48: signs for every key that is strong enough, for no other, and checks firmware', async () => {
    const root = await certified({ name: 'CN=Manufacturer', ca: true, keys: rsa() })
    const questions = await Promise.all(
      keys.map(async (make) => {
        const signer = await certified({ keys: make(), by: root })
        const key = signer.keys.privateKey
        const signature = sign('sha256', firmware, {
          key,
          ...(key.asymmetricKeyType === 'rsa' && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
        })
        return {
          csr: await request('CN=SN-1, O=ACME', make()),
          wanted,
          firmware: {
            content: firmware.toString('base64'),
            signature: signature.toString('base64'),
            signingCertificate: signer.pem,
            roots: [root.pem],
          },
        }
      }),
    )
    const weak = { ...questions[0], csr: await request('CN=SN-1, O=ACME', rsa(1_024)) }
    const forged = { ...questions[2], firmware: { ...questions[2]?.firmware, content: 'AAAA' } }
    const [p256, p384, byRsa, refused, changed] = await ask(runtime, [...questions, weak, forged])
    for (const answer of [p256, p384, byRsa]) {
      const leaf = new X509Certificate(answer?.signed.chain ?? '')
      const issuer = new X509Certificate(answer?.root.certificate ?? '')
      expect([leaf.verify(issuer.publicKey), leaf.subject, answer?.verified]).toEqual([
        true,
        'O=ACME\nCN=SN-1',
        { verified: true },
      ])
      const key = issuer.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)
      expect(answer?.hash?.issuerKeyHash).toBe(createHash('sha384').update(key).digest('hex'))
    }
    expect(refused?.signed).toEqual({ refused: 'has an RSA key of 1024 bits: 2048 are the least' })
    expect(changed?.verified).toEqual({ refused: expect.stringMatching(/not one of this content/) })
  })
})
