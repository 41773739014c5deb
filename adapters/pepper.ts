import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The installation's secret, mixed into every stored hash (D-15): from the setting, or kept beside the data. */
export const pepperOf = (data: string, setting: string | undefined): Uint8Array => {
  if (setting !== undefined) return Buffer.from(setting, 'hex')
  const file = join(data, 'pepper')
  if (!existsSync(file)) {
    mkdirSync(data, { recursive: true })
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
}

/** A database role's password: derived, so that every process of an installation knows it and nobody has to keep it. */
export const rolePassword =
  (pepper: Uint8Array) =>
  (role: string): string =>
    createHmac('sha256', pepper).update(`database role ${role}`).digest('hex').slice(0, 48)
