import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import { fileDropKind } from '../../../adapters/erp/file-drop/file-drop.ts'
import { formats } from '../../../adapters/erp/file-drop/format.ts'
import { parseCsv } from '../../../adapters/http/csv.ts'
import type { Erp } from '../../../core/ports/erp.ts'
import { ErpUnavailable } from '../../../core/ports/erp.ts'
import type { ClosedStatement } from '../../../core/settlement/closed-statement.ts'
import { erpContract, type Receiver } from '../../contracts/erp.ts'
import { sampleStatement } from '../../support/closed-statements.ts'
import { sampleDocument } from '../../support/documents.ts'
import { type HeardRequest, startHttpReceiver } from '../../support/http-receiver.ts'
import { startSftpReceiver } from '../../support/sftp-receiver.ts'

const anywhere = async () => [{ address: '127.0.0.1', family: 4 }]
const clock = { now: () => Date.now() }
const root = (): string => mkdtempSync(join(tmpdir(), 'sm-books-'))

const opened = (store: object, secrets: Readonly<Record<string, string>>, folder?: string): Erp =>
  fileDropKind({ resolve: anywhere, clock, ...(folder !== undefined && { folder }) }).open({
    tenant: 'default',
    settings: { timeoutS: 1, store },
    secrets,
  })

/** Numbers of documents by the names of their files; throws where a file is not the document whole. */
const numbersOf = (files: readonly (readonly [string, Uint8Array])[]): readonly number[] =>
  files.map(([name, bytes]) => {
    const { number, id } = JSON.parse(new TextDecoder().decode(bytes)) as { number: number; id: string }
    expect(name).toBe(`${String(number).padStart(12, '0')}-${id}.jsonl`)
    return number
  })

describe('a folder of this machine', () => {
  const never = 'the disk answers at once, or not at all'
  const inFolder = async (): Promise<Receiver> => {
    const folder = root()
    const drop = join(folder, 'default/drop')
    return {
      erp: opened({ type: 'folder', path: 'drop' }, {}, folder),
      next: () => {},
      books: () => {
        const names = (() => {
          try {
            return readdirSync(drop)
          } catch {
            return []
          }
        })()
        return numbersOf(names.map((name) => [name, readFileSync(join(drop, name))]))
      },
      close: async () => {
        rmSync(folder, { recursive: true, force: true })
        writeFileSync(folder, 'no folder any more')
      },
    }
  }
  erpContract(inFolder, {
    refusal: 'a folder takes whatever comes',
    slow: never,
    resetBefore: never,
    resetAfter: never,
    busy: never,
    broken: never,
    brokenAfter: never,
    wrongBody: never,
    truncated: never,
    huge: never,
    redirect: never,
  })
})

describe('a folder of an SFTP server', () => {
  const password = 'a password'
  const place = (port: number, hostKey: string) => ({
    type: 'sftp',
    host: 'files.example.com',
    port,
    user: 'books',
    hostKey,
    folder: '/in',
  })
  const onServer = async (): Promise<Receiver> => {
    const server = await startSftpReceiver('books', password)
    return {
      ...server,
      erp: opened(place(server.port, server.hostKey), { password }),
      books: () =>
        numbersOf(
          [...server.files].flatMap(([name, bytes]) =>
            name.startsWith('/in/.') ? [] : [[name.replace('/in/', ''), bytes] as const],
          ),
        ),
    }
  }
  const notSaid = 'SFTP has no such answer'
  erpContract(onServer, {
    refusal: 'a folder takes whatever comes',
    busy: notSaid,
    wrongBody: notSaid,
    truncated: notSaid,
    huge: notSaid,
    redirect: notSaid,
  })

  it('S-26: is not talked to with another key than the one that was named', async () => {
    const server = await startSftpReceiver('books', password)
    const other = `SHA256:${Buffer.alloc(32, 7).toString('base64').slice(0, 43)}`
    const document = sampleDocument(1)
    await expect(opened(place(server.port, other), { password }).send(document, document.id)).rejects.toThrow(
      ErpUnavailable,
    )
    expect(server.files.size).toBe(0)
    await server.close()
  })

  it('is tested with a file that goes again', async () => {
    const server = await startSftpReceiver('books', password)
    const said = await opened(place(server.port, server.hostKey), { password }).ping?.()
    expect([said, [...server.files]]).toEqual(['a file was written, and taken away again', []])
    await server.close()
  })
})

describe('a bucket', () => {
  const secrets = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret key' }

  /** Whether it is signed as it came, with the digest of the very body. */
  const isSigned = async (url: string, { method, path, headers, body }: HeardRequest): Promise<boolean> => {
    const names = /SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '')?.[1]?.split(';') ?? []
    const signer = new AwsV4Signer({
      ...secrets,
      method,
      url: `${url}${path}`,
      service: 's3',
      region: 'eu-central-1',
      datetime: headers['x-amz-date'] ?? '',
      headers: Object.fromEntries(names.filter((name) => name !== 'host').map((name) => [name, headers[name] ?? ''])),
      allHeaders: true,
      ...(method === 'PUT' && { body: new Uint8Array(body) }),
    })
    return (await signer.authHeader()) === headers['authorization']
  }

  const bucket = async () => {
    const files = new Map<string, Buffer>()
    const checked: Promise<boolean>[] = []
    const server = await startHttpReceiver({
      brings: ({ method }) => method === 'PUT',
      answer(request) {
        const { method, path, headers, body } = request
        checked.push(isSigned(server.url, request))
        if (method === 'DELETE') return { status: files.delete(path) ? 204 : 404 }
        if (headers['if-none-match'] === '*' && files.has(path))
          return { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' }
        files.set(path, Buffer.from(body))
        return { status: 200 }
      },
    })
    const store = { type: 's3', endpoint: server.url, region: 'eu-central-1', bucket: 'books', prefix: 'in/' }
    return { ...server, files, checked, erp: opened(store, secrets) }
  }
  const inBucket = async (): Promise<Receiver> => {
    const { files, checked, ...server } = await bucket()
    return {
      ...server,
      books: async () => {
        expect(await Promise.all(checked)).not.toContain(false)
        return numbersOf([...files].map(([name, bytes]) => [name.replace('/books/in/', ''), bytes]))
      },
    }
  }
  erpContract(inBucket, { refusal: 'a bucket takes whatever comes' })

  it('is tested with a file that goes again', async () => {
    const { erp, files, close } = await bucket()
    expect([await erp.ping?.(), files.size]).toEqual(['a file was written, and taken away again', 0])
    await close()
  })
})

describe('a document as CSV', () => {
  const rowOf = (document: ReturnType<typeof sampleDocument>) => {
    const encoded = formats.csv.encode(document)
    if ('refused' in encoded) throw new Error(encoded.refused)
    return parseCsv(new TextDecoder().decode(encoded))[0]?.fields
  }

  it('is a header and a row, with exact amounts', () => {
    expect(rowOf(sampleDocument(7))).toMatchObject({
      number: '7',
      kind: 'cdr',
      charge_point: 'CP-1',
      started_at: '2026-11-24T12:00:00.000Z',
      duration_s: '3600',
      energy_wh: '12345',
      currency: 'EUR',
      net: '6.05',
      tax: '1.15',
      gross: '7.20',
      tariff: 'standard',
      tariff_version: '1',
      digest: sampleDocument(7).digest,
    })
  })

  it('of a credit has the negative total, and no energy to be counted twice', () => {
    const row = rowOf(sampleDocument(8, { creditOf: 7 }))
    expect(row).toMatchObject({ kind: 'credit', cdr: sampleDocument(7).id, net: '-6.05', gross: '-7.20' })
    expect(row?.['energy_wh']).toBeUndefined()
  })

  it('has no formula in it, whatever a station calls itself, and no more cells than columns', () => {
    const token = '=HYPERLINK("http://x","y"),\nz'
    const row = rowOf(sampleDocument(9, { account: { token, chargePoint: '@SUM(A1)', contract: '-1+1' } }))
    expect(row).toMatchObject({ token: `'${token}`, charge_point: "'@SUM(A1)", contract: "'-1+1" })
  })
})

describe('the settings of a file drop', () => {
  const kind = fileDropKind({ resolve: anywhere, clock, folder: '/srv/books' })
  const faultsOf = (store: object, secrets: Readonly<Record<string, string>> = {}, of = kind) =>
    of.faults({ tenant: 'default', settings: { store }, secrets }).map(({ pointer }) => pointer)

  it.each(['../other', '/etc', 'a//b', 'a/../b', '.hidden', '', 'a\u0000b'])('S-18: no folder outside: %j', (path) => {
    expect(faultsOf({ type: 'folder', path })).toEqual(['/settings/store/path'])
  })

  it('name what each store needs', () => {
    expect(faultsOf({ type: 'folder', path: 'a/b' })).toEqual([])
    expect(faultsOf({ type: 'folder', path: 'a' }, {}, fileDropKind({ resolve: anywhere, clock }))).toEqual([
      '/settings/store/type',
    ])
    expect(faultsOf({ type: 's3', endpoint: 'https://s3.example.com', bucket: 'books' })).toEqual([
      '/secrets/accessKeyId',
      '/secrets/secretAccessKey',
    ])
    expect(faultsOf({ type: 'sftp', host: 'h', user: 'u', hostKey: 'SHA256:x', folder: '/in' })).toEqual([
      '/settings/store/hostKey',
    ])
    expect(faultsOf({ type: 'ftp' })).toEqual(['/settings/store/type'])
  })
})

describe('statements as files', () => {
  const dropped = async (
    format: string,
    statement: ClosedStatement,
  ): Promise<readonly (readonly [string, string])[]> => {
    const folder = root()
    const { statements } = fileDropKind({ resolve: anywhere, clock, folder }).open({
      tenant: 'default',
      settings: { format, store: { type: 'folder', path: 'drop' } },
      secrets: {},
    })
    for (let twice = 0; twice < 2; twice++) await statements?.send(statement, statement.id)
    const drop = join(folder, 'default/drop')
    const files = readdirSync(drop).map((name) => [name, readFileSync(join(drop, name), 'utf8')] as const)
    rmSync(folder, { recursive: true })
    return files
  }

  it('are under the name of their month, party and currency, once, with their own bytes', async () => {
    const statement = sampleStatement()
    expect(await dropped('jsonl', statement)).toEqual([
      [
        `statement-2026-11-siteOwner_mall_1-EUR-${statement.id}.jsonl`,
        `${new TextDecoder().decode(statement.bytes)}\n`,
      ],
    ])
  })

  it('as CSV add up: the balance before, each posting, the balance after', async () => {
    const [[name, text] = ['', '']] = await dropped('csv', sampleStatement())
    expect(name).toMatch(/^statement-2026-11-siteOwner_mall_1-EUR-[0-9a-f-]{36}\.csv$/)
    const columns = ['source', 'key', 'text', 'purpose', 'contract', 'amount']
    expect(parseCsv(text).map(({ fields }) => columns.map((column) => fields[column] ?? ''))).toEqual([
      ['opening', '', '', '', '', '-1.00'],
      ['document', '7', '\'=CDR 7, "mall"', 'share', 'mall-2026', '-2.50'],
      ['adjustment', 'a1', 'broken glass', 'adjustment', '', '4.00'],
      ['closing', '', '', '', '', '0.50'],
    ])
  })

  it('as CSV without lines have their sums', async () => {
    const [[, text] = ['', '']] = await dropped('csv', sampleStatement({ lines: undefined }))
    const columns = ['source', 'purpose', 'contract', 'amount']
    expect(parseCsv(text).map(({ fields }) => columns.map((column) => fields[column] ?? ''))).toEqual([
      ['opening', '', '', '-1.00'],
      ['sum', 'adjustment', '', '4.00'],
      ['sum', 'share', 'mall-2026', '-2.50'],
      ['closing', '', '', '0.50'],
    ])
  })

  it('are none where invoices are written: whoever wants them there is told', () => {
    const kind = fileDropKind({ resolve: anywhere, clock, folder: root() })
    const store = { type: 'folder', path: 'drop' }
    const access = { tenant: 'default', settings: { format: 'ubl', statements: true, store }, secrets: {} }
    expect(kind.faults(access)).toEqual([
      { pointer: '/settings/statements', detail: 'must be false: UBL has invoices, and statements are none' },
    ])
  })
})
