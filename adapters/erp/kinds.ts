import type { Clock } from '../../core/ports/clock.ts'
import type { ErpKind, ErpKinds } from '../../core/ports/erp-kinds.ts'
import type { Resolve } from './http.ts'
import { fileDropKind } from './file-drop/file-drop.ts'
import { odooKind } from './odoo/odoo.ts'
import type { OriginalOf } from './original.ts'
import { webhookKind } from './webhook.ts'

/** What the receivers need of the outside. */
export interface ErpOutside {
  /** Of hosts that are called over HTTP (S-26). */
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
  /** Where documents may be written as files on this machine; absent: nowhere. */
  readonly folder?: string
  /** Of a credit, what it takes back. */
  readonly originalOf: OriginalOf
}

/** Every kind of receiver, one line each. */
export const erpKinds = (outside: ErpOutside): ErpKinds => {
  const kinds = new Map<string, ErpKind>([
    ['webhook', webhookKind(outside)],
    ['file', fileDropKind(outside)],
    ['odoo', odooKind(outside)],
  ])
  const known = (kind: string): ErpKind => {
    const found = kinds.get(kind)
    if (found === undefined) throw new Error(`there is no kind of target called ${kind}`)
    return found
  }
  return {
    names: [...kinds.keys()],
    faults: (kind, access) => known(kind).faults(access),
    open: (kind, access) => known(kind).open(access),
  }
}
