import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryOf, firstFile } from '../../../adapters/http/multipart.ts'

async function* split(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  for (const [i, from] of places.slice(0, -1).entries()) yield bytes.subarray(from, places[i + 1])
}
const read = async (bytes: Uint8Array, boundary: string, cuts: readonly number[] = []) => {
  const { name, content } = await firstFile(split(bytes, cuts), boundary)
  const parts: Uint8Array[] = []
  for await (const part of content) parts.push(part)
  return { name, content: Buffer.concat(parts) }
}
/** A form as another implementation writes it. */
const formOf = async (fill: (form: FormData) => void) => {
  const form = new FormData()
  fill(form)
  const response = new Response(form)
  const boundary = boundaryOf(response.headers.get('content-type') ?? '') ?? ''
  return { bytes: new Uint8Array(await response.arrayBuffer()), boundary }
}
const written = (text: string): Uint8Array => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')

describe('a form', () => {
  it('gives its first file, byte by byte, wherever it is cut on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.array(fc.nat(10_000), { maxLength: 40 }),
        fc.boolean(),
        async (content, cuts, hasMore) => {
          const { bytes, boundary } = await formOf((form) => {
            if (hasMore) form.append('note', 'a field before it')
            form.append('file', new Blob([content]), 'log.zip')
            if (hasMore) form.append('file', new Blob(['another']), 'other.zip')
          })
          expect(await read(bytes, boundary, cuts)).toEqual({ name: 'log.zip', content: Buffer.from(content) })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('may hold what looks like its own marks', async () => {
    const content = '\r\n--b\r\n\r\n--bound\r\n----\r\n'
    const { bytes, boundary } = await formOf((form) => form.append('f', new Blob([content]), 'x'))
    expect((await read(bytes, boundary, [60, 61, 62, 63])).content.toString()).toBe(content)
  })

  const forms: readonly (readonly [string, string, string])[] = [
    [
      'a name without quotation marks',
      '--b\nContent-Disposition: form-data; name=f; filename=a.bin\n\nX\n--b--',
      'a.bin',
    ],
    ['a quoted quotation mark', '--b\nContent-Disposition: form-data; filename="a\\"b"\n\nX\n--b--', 'a"b'],
    [
      'a path of another system',
      '--b\ncontent-disposition: form-data; filename="C:\\logs\\a"\n\nX\n--b--',
      'C:\\logs\\a',
    ],
    ['words before the first mark', 'hello\n--b\nContent-Disposition: form-data; filename="a"\n\nX\n--b--', 'a'],
    ['more headers', '--b\nX-A: b\nContent-Disposition: form-data; filename="a"\nX-C: d\n\nX\n--b--', 'a'],
    ['blanks behind its marks', '--b  \nContent-Disposition: form-data; filename="a"\n\nX\n--b--', 'a'],
    ['no last mark, but one behind the file', '--b\nContent-Disposition: form-data; filename="a"\n\nX\n--b', 'a'],
  ]
  it.each(forms)('may have %s', async (_, text, name) => {
    expect(await read(written(text), 'b')).toEqual({ name, content: Buffer.from('X') })
  })

  const broken: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no mark', 'hello'],
    ['no file', '--b\nContent-Disposition: form-data; name="a"\n\nX\n--b--'],
    ['headers without an end', '--b\nContent-Disposition: form-data; filename="a"\n'],
    ['headers without end', `--b\nX: ${'x'.repeat(20_000)}\n\nX\n--b--`],
    ['half a file', '--b\nContent-Disposition: form-data; filename="a"\n\nX'],
    ['a mark of which half is missing', '--bound\nContent-Disposition: form-data; filename="a"\n\nX\n--bou'],
  ]
  it.each(broken)('with %s is refused', async (_, text) => {
    await expect(read(written(text), text.startsWith('--bound') ? 'bound' : 'b')).rejects.toThrow(/form/)
  })

  it('that is cut anywhere before the end of its file is refused', async () => {
    const { bytes, boundary } = await formOf((form) => form.append('f', new Blob(['0123456789']), 'x'))
    const end = Buffer.from(bytes).lastIndexOf(`\r\n--${boundary}`) + boundary.length + 4
    for (let length = 0; length < end; length++)
      await expect(read(bytes.subarray(0, length), boundary)).rejects.toThrow(/form/)
    expect((await read(bytes.subarray(0, end), boundary)).content.toString()).toBe('0123456789')
  })

  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b"', 'a b'],
    ['multipart/form-data', undefined],
    ['multipart/mixed; boundary=abc', undefined],
    ['application/octet-stream', undefined],
    ['', undefined],
  ])('%j has the boundary %j', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary)
  })
})
