import type { ChargePointRef } from '../core/domain/charge-point.ts'

/**
 * Reads `/ocpp/<identity>`, which is of the tenant whose host is asked, and `/ocpp/<tenant>/<identity>`, each part percent-decoded exactly once. Stations add
 * trailing and double slashes, queries, and sometimes the whole URL (handbook/ocpp.md §9.1).
 * Answers undefined for an invalid encoding, and no `ref` for a path that names no charge point.
 */
export const parseTarget = (target: string, tenant = 'default'): { readonly ref?: ChargePointRef } | undefined => {
  const path = target.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[?#]/, 1)[0] ?? ''
  try {
    const parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    const [root, first, second, ...more] = parts
    if (root !== 'ocpp' || first === undefined || more.length > 0) return {}
    return { ref: second === undefined ? { tenant, identity: first } : { tenant: first, identity: second } }
  } catch {
    return undefined
  }
}
