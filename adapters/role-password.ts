import { createHmac } from 'node:crypto'

/** A database role's password: derived, so that every process of an installation knows it and nobody has to keep it. */
export const rolePassword =
  (pepper: Uint8Array) =>
  (role: string): string =>
    createHmac('sha256', pepper).update(`database role ${role}`).digest('hex').slice(0, 48)
