/**
 * Where files are put so that somebody else finds them whole or not at all. What has a name has always the same bytes:
 * whether it stays or is replaced makes no difference. Throws `ErpUnavailable` where nothing has been begun, anything else where it may be there.
 */
export interface FileStore {
  put(name: string, file: { readonly bytes: Uint8Array; readonly type: string }): Promise<void>
  /** Puts something there and takes it away again. */
  ping(): Promise<string>
}

/** Names that no reader takes for a document: they begin with a dot, and go when they are whole. */
export const temporaryName = (name: string): string => `.${name}.part`
export const pingName = 'stationmaster-test'
