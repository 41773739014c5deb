import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { keptSecret } from './kept.ts'

/**
 * The installation's secret, 32 bytes, mixed into every stored hash (D-15): from the setting SM_PEPPER (64 hexadecimal
 * digits), or made once and kept in `<data>/pepper`. Throws when either holds anything else.
 */
export const pepperOf = async (data: string, fromEnvironment?: string): Promise<Uint8Array> => {
  if (fromEnvironment !== undefined) {
    if (!/^[0-9a-f]{64}$/i.test(fromEnvironment)) throw new Error('SM_PEPPER is not 64 hexadecimal digits')
    return Uint8Array.from(Buffer.from(fromEnvironment, 'hex'))
  }
  await mkdir(data, { recursive: true })
  return Uint8Array.from(Buffer.from(await keptSecret(join(data, 'pepper'), 32), 'hex'))
}
