import { Problem } from './problem.ts'

const mostHeaderBytes = 16 * 1024
const lineEnd = Buffer.from('\r\n')
const headersEnd = Buffer.from('\r\n\r\n')

/** The boundary that a Content-Type names (RFC 2046 §5.1.1); undefined for anything but multipart/form-data with one. */
export const boundaryOf = (contentType: string): string | undefined => {
  if (!/^multipart\/form-data *;/i.test(contentType)) return undefined
  const [, quoted, bare] = /; *boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType) ?? []
  return quoted ?? bare
}

export interface FilePart {
  readonly name: string
  /** Throws where the body ends before the file does. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * The first file of a form (RFC 7578), as a stream: `Request.formData` would hold all of it in memory. What comes before
 * it is passed over, what comes after it is never read.
 */
export const firstFile = async (body: AsyncIterable<Uint8Array>, boundary: string): Promise<FilePart> => {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const source = body[Symbol.asyncIterator]()
  // a form begins with a delimiter whose line end may be missing
  let held = Buffer.from(lineEnd)

  const more = async (): Promise<void> => {
    const { done, value } = await source.next()
    if (done === true) throw new Problem(400, 'the form ends too early')
    held = Buffer.concat([held, value])
  }
  /** Everything before a mark; afterwards `held` begins behind it. */
  async function* upTo(mark: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = held.indexOf(mark)
      // the end of what is held may be the beginning of the mark
      const sure = at >= 0 ? at : Math.max(0, held.length - mark.length + 1)
      const before = held.subarray(0, sure)
      held = held.subarray(at >= 0 ? at + mark.length : sure)
      if (before.length > 0) yield before
      if (at >= 0) return
      await more()
    }
  }
  const headers = async (): Promise<string> => {
    let text = ''
    for await (const bytes of upTo(headersEnd)) {
      text += Buffer.from(bytes).toString('utf8')
      if (text.length > mostHeaderBytes) throw new Problem(400, 'the headers of the form are too long')
    }
    return text
  }

  for (;;) {
    for await (const _ of upTo(delimiter));
    while (held.length < 2) await more()
    if (held[0] === 0x2d && held[1] === 0x2d) throw new Problem(400, 'there is no file in the form')
    const name = fileNameIn(await headers())
    if (name !== undefined) return { name, content: upTo(delimiter) }
  }
}

/** Paths of other systems stay as they are: only a quotation mark is ever escaped. */
const fileNameIn = (headers: string): string | undefined => {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? ''
  const [, quoted, bare] = /; *filename=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(disposition) ?? []
  return quoted?.replaceAll('\\"', '"') ?? bare
}
