import type { Listen } from '../../core/ports/gateway.ts'

type Runtime = 'bun' | 'deno' | 'node'

const runtime: Runtime = 'Bun' in globalThis ? 'bun' : 'Deno' in globalThis ? 'deno' : 'node'

/** The door of the runtime we are on; the other two are never loaded. */
export const listenHere = async (): Promise<Listen> => {
  if (runtime === 'bun') return (await import('./bun.ts')).listen
  if (runtime === 'deno') return (await import('./deno.ts')).listen
  return (await import('./node.ts')).listen
}
