import type { Outside, WorkerSettings } from '../../actors/worker.ts'
import type { ChargePointRecord } from '../../core/ports/credentials.ts'
import type { Admission } from '../../core/ports/gateway.ts'
import { testWorker, utf8 } from './worker.ts'

export const basic = (username: string, password: string | Uint8Array): string =>
  `Basic ${Buffer.concat([Buffer.from(`${username}:`), Buffer.from(password)]).toString('base64')}`

export const secret = 'a-password-of-20-chr'

interface Coming {
  readonly peer?: string
  readonly secure?: boolean
}

/** A worker's door: charge points that are registered, and upgrades that knock. `10.0.0.1` is a trusted proxy. */
export const door = (settings: Partial<WorkerSettings> = {}, outside: Partial<Outside> = {}) => {
  const test = testWorker({ settings, outside })
  const register = (
    identity: string,
    password: Uint8Array | undefined,
    { tenant = 'default', ...more }: Partial<ChargePointRecord> = {},
  ): void => {
    const salt = new Uint8Array(16).fill(7)
    test.records.set(`${tenant}/${identity}`.toLowerCase(), {
      tenant,
      identity,
      registration: 'accepted',
      blocked: false,
      traced: false,
      clockless: false,
      ...(password !== undefined && { verifier: { salt, hash: test.digest.seal(salt, password) } }),
      ...more,
    })
  }
  register('CP-1', utf8(secret))
  const knock = (
    target: string,
    headers: Readonly<Record<string, string>> = {},
    { peer = '127.0.0.1', secure = false }: Coming = {},
  ): Promise<Admission> => {
    const all: Readonly<Record<string, string>> = {
      'sec-websocket-protocol': 'ocpp1.6',
      authorization: basic('CP-1', secret),
      ...headers,
    }
    return test.worker.gateway.admit({ target, method: 'GET', header: (name) => all[name], peer, secure })
  }
  const status = async (...args: Parameters<typeof knock>): Promise<number> => {
    const admission = await knock(...args)
    return admission.admitted ? 101 : admission.status
  }
  return { ...test, register, knock, status }
}
