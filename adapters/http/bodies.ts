import { Problem } from './problem.ts'

/** Where bodies are files, as long as SM_MAX_FILE_MB allows: their routes read them off the wire themselves. */
export const takesFile = (path: string): boolean => path === '/api/v1/files' || path.startsWith('/files/')

/** Where a body is a picture, as small as its route says. */
export const logoPath = '/api/v1/brand/logo'

/** Where bodies are no JSON. */
export const takesRaw = (path: string): boolean =>
  path.startsWith('/api/v1/imports/') || path === logoPath || takesFile(path)

export const tooLarge = (): Problem => new Problem(413, 'the body is too large', { headers: { connection: 'close' } })

/**
 * The bytes of a request as they come. Throws a problem for more than `most`, and for a body that is not all there:
 * half a file is none.
 */
export async function* bytesOf(request: Request, most: number): AsyncGenerator<Uint8Array> {
  const announced = request.headers.get('content-length')
  const length = announced === null ? undefined : Number(announced)
  if (length !== undefined && length > most) throw tooLarge()
  let size = 0
  const reader = request.body?.getReader()
  try {
    for (;;) {
      const { done, value } = (await reader?.read().catch(brokenOff)) ?? { done: true }
      if (done || value === undefined) break
      size += value.length
      if (size > most) throw tooLarge()
      yield value
    }
    if (size !== (length ?? size)) brokenOff()
  } finally {
    void reader?.cancel().catch(() => {})
  }
}

const brokenOff = (): never => {
  throw new Problem(400, 'the body broke off')
}
