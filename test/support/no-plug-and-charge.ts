import type { PlugAndCharge } from '../../core/ports/plug-and-charge.ts'

/** Nobody to ask: no pool, no responder, and no certificate counts. */
export const noPlugAndCharge: PlugAndCharge = {
  check: { verdict: async () => 'CertChainError' },
  contracts: { exchange: async () => ({ accepted: false, exiResponse: '' }) },
  status: { ask: async () => ({ status: 'failed' }) },
}
