import type { Page, PageRequest } from '../../core/ports/store.ts'
import { streamOf } from './content.ts'
import { given } from './schemas.ts'

/** How statements are answered, of documents and of the general ledger: in which form, all of their lines, and as what file. */

export const formOf = <Form extends string>(
  forms: readonly Form[],
  as: Form | undefined,
  accept = '',
): Form | 'json' => {
  if (as !== undefined) return as
  const [wanted] = accept.split(',').flatMap((type) => forms.filter((form) => type.includes(`/${form}`)))
  return wanted ?? 'json'
}

/** So many lines are read at once where all of them are sent. */
const batch = 5_000

export const everyLine = async function* <Line>(
  read: (page: PageRequest) => Promise<Page<Line>>,
): AsyncGenerator<Line> {
  for (let cursor: string | undefined | null; cursor !== null;) {
    const page = await read({ limit: batch, ...given({ cursor }) })
    yield* page.items
    cursor = page.next
  }
}

/** Of a party with any name. */
export const fileNameOf = (...parts: readonly string[]): string =>
  ['statement', ...parts].map((part) => part.replaceAll(/[^A-Za-z0-9._-]/g, '-')).join('-')

export const sent = (type: string, pieces: AsyncIterable<Uint8Array>, file?: string): Response =>
  new Response(streamOf(pieces), {
    headers: {
      'content-type': type,
      'cache-control': 'private, no-store',
      ...(file !== undefined && { 'content-disposition': `attachment; filename="${file}"` }),
    },
  })
