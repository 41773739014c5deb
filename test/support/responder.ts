import { createHash, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { der, elementAt, elementsOf } from '../../adapters/authority/der.ts'
import { type Certified, certified, day, x509 } from './certificates.ts'

export type Said = 'good' | 'revoked' | 'unknown'

/** An OCSP responder on loopback that signs what it says, and hands out lists. */
export interface Responder {
  readonly url: string
  readonly listUrl: string
  /** So many times it was asked. */
  readonly asked: number
  /** What it says of a certificate from now on; of others it says `unknown` of a whole issuer, else what `usually` says. */
  says(certificate: Certified, said: Said): void
  /** Answers whatever comes with this, instead. */
  misbehave(as: Misbehaviour | undefined): void
  close(): Promise<void>
}

export type Misbehaviour =
  | { readonly status: number; readonly location?: string }
  | { readonly waitsMs: number }
  | { readonly body: Uint8Array }
  /** Signs with a key that is not the issuer's. */
  | { readonly signsAs: Certified }
  | { readonly until: number }

export interface ResponderWords {
  /** Whom it answers for, looked at anew each time: their certificates may name its address. */
  readonly authorities: readonly Certified[]
  readonly usually?: Said
  /** One that an authority has charged with signing; absent = authorities sign themselves. */
  readonly delegate?: Certified
  readonly nextUpdateMs?: number
}

/** One whom an authority has charged with signing OCSP responses for it. */
export const delegateOf = (authority: Certified): Promise<Certified> =>
  certified({ name: 'CN=Responder', by: authority, usage: 1, purposes: ['1.3.6.1.5.5.7.3.9'] })

const names: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}
const spkiBits = ({ keys }: Certified): Uint8Array =>
  elementAt(
    elementsOf(elementAt(elementsOf(keys.publicKey.export({ type: 'spki', format: 'der' })), 0).content),
    1,
  ).content.subarray(1)
const subjectOf = ({ certificate }: Certified): Uint8Array => new Uint8Array(certificate.subjectName.toArrayBuffer())

const ecdsaSha256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
const time = (at: number): Uint8Array =>
  der(0x18, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')}Z`))

/** Signs one answer (RFC 6960 §4.2.1). */
export const signedResponse = (
  certId: Uint8Array,
  said: Said,
  { signer, shown, until }: { readonly signer: Certified; readonly shown?: Certified; readonly until: number },
): Uint8Array => {
  const now = Date.now()
  const status = { good: der(0x80), revoked: der(0xa1, time(now - day)), unknown: der(0x82) }[said]
  const single = der(0x30, certId, status, time(now - 1_000), der(0xa0, time(until)))
  const body = der(0x30, der(0xa1, subjectOf(signer)), time(now), der(0x30, single))
  const signature = der(0x03, Uint8Array.of(0), sign('sha256', body, signer.keys.privateKey))
  const along = shown === undefined ? [] : [der(0xa0, der(0x30, new Uint8Array(shown.certificate.rawData)))]
  const basic = der(0x30, body, ecdsaSha256, signature, ...along)
  const bytes = der(0x30, der(0x06, Buffer.from('2b0601050507300101', 'hex')), der(0x04, basic))
  return der(0x30, der(0x0a, Uint8Array.of(0)), der(0xa0, bytes))
}

export const openResponder = async (words: ResponderWords): Promise<Responder> => {
  const { usually = 'good', delegate, nextUpdateMs = 3_600_000 } = words
  const said = new Map<string, Said>()
  let asked = 0
  let misbehaves: Misbehaviour | undefined

  const answer = (request: Uint8Array): Uint8Array => {
    const inside = (bytes: Uint8Array): Uint8Array => elementAt(elementsOf(bytes), 0).content
    const certId = elementAt(elementsOf(inside(inside(inside(inside(request))))), 0)
    const parts = elementsOf(certId.content)
    const oid = elementAt(elementsOf(elementAt(parts, 0).content), 0).content
    const hash = (bytes: Uint8Array): string =>
      createHash(names[Buffer.from(oid).toString('hex')] ?? '')
        .update(bytes)
        .digest('hex')
    const digits = (place: number): string => Buffer.from(elementAt(parts, place).content).toString('hex')
    const issuer = words.authorities.find(
      (one) => hash(subjectOf(one)) === digits(1) && hash(spkiBits(one)) === digits(2),
    )
    // unauthorized: it speaks for others
    if (issuer === undefined) return der(0x30, der(0x0a, Uint8Array.of(6)))
    const stranger = misbehaves !== undefined && 'signsAs' in misbehaves ? misbehaves.signsAs : undefined
    const signer = stranger ?? delegate ?? issuer
    return signedResponse(certId.whole, said.get(digits(3).replace(/^00/, '')) ?? usually, {
      signer,
      ...(signer !== issuer && { shown: signer }),
      until: misbehaves !== undefined && 'until' in misbehaves ? misbehaves.until : Date.now() + nextUpdateMs,
    })
  }
  const listOf = async (): Promise<Uint8Array> => {
    const [issuer] = words.authorities
    if (issuer === undefined) throw new Error('no authority')
    const list = await x509.X509CrlGenerator.create({
      issuer: issuer.certificate.subject,
      thisUpdate: new Date(Date.now() - 1_000),
      nextUpdate: new Date(Date.now() + nextUpdateMs),
      entries: [...said].flatMap(([serialNumber, is]) =>
        is === 'revoked' ? [{ serialNumber, revocationDate: new Date() }] : [],
      ),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      signingKey: await crypto.subtle.importKey(
        'pkcs8',
        issuer.keys.privateKey.export({ type: 'pkcs8', format: 'der' }),
        { name: 'ECDSA', namedCurve: 'P-256' },
        false,
        ['sign'],
      ),
    })
    return new Uint8Array(list.rawData)
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bytesOf(request)
    asked++
    if (misbehaves !== undefined && 'waitsMs' in misbehaves)
      await new Promise((go) => setTimeout(go, (misbehaves as { waitsMs: number }).waitsMs))
    if (misbehaves !== undefined && 'status' in misbehaves) {
      const { status, location } = misbehaves
      return void response.writeHead(status, location === undefined ? {} : { location }).end()
    }
    if (misbehaves !== undefined && 'body' in misbehaves) return void response.end(misbehaves.body)
    response.end(request.url === '/list' ? await listOf() : answer(body))
  }
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/ocsp`,
    listUrl: `http://127.0.0.1:${port}/list`,
    get asked() {
      return asked
    },
    says: ({ certificate }, is) => void said.set(certificate.serialNumber.replace(/^00/, ''), is),
    misbehave: (as) => void (misbehaves = as),
    close: () => closed(server),
  }
}

const closed = (server: ReturnType<typeof createServer>): Promise<void> =>
  new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })

const bytesOf = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

/** A pool of contract certificates on loopback: answers what it is told to, and keeps what it was asked. */
export interface Pool {
  readonly url: string
  readonly heard: readonly { readonly authorization: string | undefined; readonly body: unknown }[]
  close(): Promise<void>
}

export const openPool = async (answer: (body: unknown) => { readonly status?: number; readonly body: string }) => {
  const heard: { authorization: string | undefined; body: unknown }[] = []
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body: unknown = JSON.parse(Buffer.from(await bytesOf(request)).toString('utf8'))
    heard.push({ authorization: request.headers.authorization, body })
    const said = answer(body)
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json' }).end(said.body)
  }
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const pool: Pool = { url: `http://127.0.0.1:${port}/contracts`, heard, close: () => closed(server) }
  return pool
}
