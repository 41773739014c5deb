import { createHash, generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import ssh2, { type Connection, type SFTPWrapper } from 'ssh2'
import type { Mishap } from '../contracts/erp.ts'

export interface SftpReceiver {
  readonly port: number
  /** As ssh-keygen shows it. */
  readonly hostKey: string
  /** What is there, by name; what is not whole begins with a dot. */
  readonly files: ReadonlyMap<string, Buffer>
  readonly next: (mishap: Mishap) => void
  readonly close: () => Promise<void>
}

const { STATUS_CODE } = ssh2.utils.sftp
const slowMs = 1_500

/** An SFTP server in memory, for a user with a password, which can go wrong where a file gets its name. */
export const startSftpReceiver = async (user: string, password: string): Promise<SftpReceiver> => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string
  const parsed = ssh2.utils.parseKey(pem)
  if (parsed instanceof Error) throw parsed
  const files = new Map<string, Buffer>()
  const connections = new Set<Connection>()
  let mishap: Mishap | undefined

  const renamed = (
    sftp: SFTPWrapper,
    id: number,
    [from, to]: readonly [string, string],
    connection: Connection,
  ): void => {
    const wrong = mishap
    mishap = undefined
    if (wrong === 'broken') return sftp.status(id, STATUS_CODE.FAILURE)
    const bytes = files.get(from)
    if (bytes === undefined) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
    // as OpenSSH does it
    if (files.has(to)) return sftp.status(id, STATUS_CODE.FAILURE)
    files.delete(from)
    files.set(to, bytes)
    if (wrong === 'brokenAfter') return sftp.status(id, STATUS_CODE.FAILURE)
    if (wrong === 'resetAfter') return void connection.end()
    if (wrong === 'slow') return void setTimeout(() => sftp.status(id, STATUS_CODE.OK), slowMs)
    sftp.status(id, STATUS_CODE.OK)
  }

  const served = (sftp: SFTPWrapper, connection: Connection): void => {
    const open = new Map<number, string>()
    let handles = 0
    sftp.on('OPEN', (id, name) => {
      const handle = Buffer.alloc(4)
      handle.writeUInt32BE(++handles)
      open.set(handles, name)
      files.set(name, Buffer.alloc(0))
      sftp.handle(id, handle)
    })
    sftp.on('WRITE', (id, handle, offset, data) => {
      const name = open.get(handle.readUInt32BE()) ?? ''
      const before = files.get(name) ?? Buffer.alloc(0)
      files.set(name, Buffer.concat([before.subarray(0, offset), data]))
      sftp.status(id, STATUS_CODE.OK)
    })
    sftp.on('CLOSE', (id) => sftp.status(id, STATUS_CODE.OK))
    sftp.on('REMOVE', (id, name) => sftp.status(id, files.delete(name) ? STATUS_CODE.OK : STATUS_CODE.NO_SUCH_FILE))
    sftp.on('RENAME', (id, from, to) => renamed(sftp, id, [from, to], connection))
    const stat = (id: number, name: string): void => {
      const bytes = files.get(name)
      if (bytes === undefined) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE)
      sftp.attrs(id, { mode: 0o100644, uid: 0, gid: 0, size: bytes.length, atime: 0, mtime: 0 })
    }
    sftp.on('STAT', stat)
    sftp.on('LSTAT', stat)
    sftp.on('REALPATH', (id, name) => sftp.name(id, [{ filename: name, longname: name, attrs: {} as never }]))
  }

  const server = new ssh2.Server({ hostKeys: [pem] }, (connection) => {
    connections.add(connection)
    connection.on('error', () => {})
    connection.on('close', () => connections.delete(connection))
    if (mishap === 'resetBefore') {
      mishap = undefined
      return void connection.end()
    }
    connection.on('authentication', (asked) => {
      if (asked.method === 'password' && asked.username === user && asked.password === password) asked.accept()
      else asked.reject(['password'])
    })
    connection.on('session', (accept) => {
      accept().on('sftp', (agree) => served(agree(), connection))
    })
  })
  await new Promise<void>((go) => void server.listen(0, '127.0.0.1', () => go()))
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`,
    files,
    next: (wanted) => void (mishap = wanted),
    close: async () => {
      for (const connection of connections) connection.end()
      await new Promise<void>((go) => void server.close(() => go()))
    },
  }
}
