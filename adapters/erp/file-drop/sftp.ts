import { createHash } from 'node:crypto'
import Client from 'ssh2-sftp-client'
import { ErpUnavailable, ErpUnclear } from '../../../core/ports/erp.ts'
import type { Resolve } from '../http.ts'
import { type FileStore, pingName, temporaryName } from './store.ts'

export interface SftpPlace {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Of the server's key, as ssh-keygen shows it: `SHA256:` and base64 without `=`. */
  readonly hostKey: string
  /** Where it is, seen from where the user is let in. */
  readonly folder: string
  readonly timeoutMs: number
}

export interface SftpSecrets {
  readonly password?: string | undefined
  readonly privateKey?: string | undefined
  readonly passphrase?: string | undefined
}

/** A folder of a server over SFTP (version 3): written under another name, then renamed. */
export const sftpStore = (place: SftpPlace, secrets: SftpSecrets, resolve: Resolve): FileStore => {
  const within = async <Answer>(work: (client: Client) => Promise<Answer>): Promise<Answer> => {
    // everything that goes wrong is told by what rejects: the client would print it as well
    const quiet = { error: () => {}, end: () => {}, close: () => {} }
    const client = new Client('stationmaster', quiet)
    let late: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, fail) => {
      late = setTimeout(() => fail(new Error(`no end within ${place.timeoutMs} ms`)), place.timeoutMs)
    })
    let isOpen = false
    try {
      return await Promise.race([
        timeout,
        connected(client, place, { secrets, resolve }).then(() => {
          isOpen = true
          return work(client)
        }),
      ])
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw isOpen ? new ErpUnclear(message) : new ErpUnavailable(message)
    } finally {
      clearTimeout(late)
      // whoever has fallen silent does not say goodbye either
      void client.end().catch(() => {})
    }
  }
  const at = (name: string): string => `${place.folder.replace(/\/$/, '')}/${name}`
  const put = async (client: Client, name: string, bytes: Uint8Array): Promise<void> => {
    await client.put(Buffer.from(bytes), at(temporaryName(name)))
    try {
      await client.rename(at(temporaryName(name)), at(name))
    } catch (error) {
      // SFTP 3 renames nothing over something: what has this name is this document, and is whole
      if ((await client.exists(at(name))) === false) throw error
      await client.delete(at(temporaryName(name)), true)
    }
  }
  return {
    put: (name, { bytes }) => within((client) => put(client, name, bytes)),
    ping: () =>
      within(async (client) => {
        await put(client, pingName, new TextEncoder().encode('ping'))
        await client.delete(at(pingName))
        return 'a file was written, and taken away again'
      }),
  }
}

const connected = async (
  client: Client,
  place: SftpPlace,
  { secrets, resolve }: { readonly secrets: SftpSecrets; readonly resolve: Resolve },
): Promise<void> => {
  const { password, privateKey, passphrase } = secrets
  const [address] = await resolve(place.host)
  await client.connect({
    // what was looked at is what is called, whatever its name means by now
    host: address?.address ?? place.host,
    port: place.port,
    username: place.user,
    readyTimeout: place.timeoutMs,
    hostVerifier: (key: Buffer) => `SHA256:${hashOf(key)}` === place.hostKey,
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && { privateKey }),
    ...(passphrase !== undefined && { passphrase }),
  })
}

const hashOf = (key: Buffer): string => createHash('sha256').update(key).digest('base64').replace(/=+$/, '')
