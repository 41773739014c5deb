import type { ChargePointRef } from './charge-point.ts'
import type { DomainEvent } from './event.ts'
import { clean } from './text.ts'

/** Files that go to stations (firmware) and come from them (everything else). */
export const fileKinds = ['firmware', 'diagnostics', 'log', 'security-log'] as const
export type FileKind = (typeof fileKinds)[number]

/** A file that is all there; one of which a part is missing does not exist. */
export interface StoredFile {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly kind: FileKind
  /** Bytes. */
  readonly size: number
  /** Of its content, in small hexadecimal digits. */
  readonly sha256: string
  readonly createdAt: number
  /** The station it came from, and the order that it was asked for by. */
  readonly identity?: string
  readonly command?: string
}

/** What a station may send or fetch, and why. */
export interface Errand extends ChargePointRef {
  /** What the file is called where its sender gives it no name. */
  readonly name: string
  readonly kind: FileKind
  /** The order that it is asked for by. */
  readonly command?: string
}

/**
 * Lets one station send or fetch one file without any other credentials (S-13). One for an upload is used up by the
 * file that comes; one for a download is good until it ends, because stations try again and fetch in pieces.
 */
export type Ticket = Errand & { readonly id: string; readonly until: number } & (
    | { readonly direction: 'download'; readonly file: string }
    | { readonly direction: 'upload'; readonly usedAt?: number }
  )

const longestName = 150
const unfit = /[\p{Cc}\p{Cf}<>:"|?*]/gu

/** A name fit for every file system and header: the last part of a path, nothing hidden; `fallback` where nothing is left. */
export const fileName = (given: string, fallback = 'file'): string => {
  const last = given.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? ''
  // the end of a long name says what it is
  const fit = clean(last, 1_000).replaceAll(unfit, '').slice(-longestName).toWellFormed()
  return fit.replace(/^[.\s]+/, '').trimEnd() || fallback
}

export const fileEvent = (file: StoredFile): DomainEvent => ({
  tenant: file.tenant,
  type: 'file.received',
  subject: file.id,
  at: file.createdAt,
  data: {
    file: file.id,
    chargePoint: file.identity ?? null,
    command: file.command ?? null,
    kind: file.kind,
    name: file.name,
    size: file.size,
    sha256: file.sha256,
  },
})
