/** Which errors mean that the store cannot commit now, and which are the fault of what it was given (D-2). */

const outageClasses = ['08', '40', '53', '55', '57', '58']
const connectionCodes = [
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]

export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** The connection itself is gone, and with it whatever transaction ran on it. */
export const isLost = (error: unknown): boolean => {
  const code = codeOf(error)
  return connectionCodes.includes(code) || /^(?:08...|57P0[1-5])$/.test(code)
}

/** By connection or server: the whole batch is held and tried again. 25006: a standby was promoted away from us. */
export const isOutage = (error: unknown): boolean => {
  const code = codeOf(error)
  return (
    connectionCodes.includes(code) ||
    code === '25006' ||
    (code.length === 5 && outageClasses.includes(code.slice(0, 2)))
  )
}

/** Two writers met; the same again will do. SM001: expect_rows has found fewer sessions than there were. */
export const isCollision = (error: unknown): boolean => ['40001', '40P01', '23505', 'SM001'].includes(codeOf(error))

/** Someone else changed a session between our reading and our writing of it; the same again will do. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}
