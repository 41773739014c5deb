import type { Station } from './station.ts'

/**
 * A report in as many messages as it takes, each numbered and saying whether more come (2.0.1 part 2 §B08); they are
 * tidings: one that the connection swallowed is said again. Where there is nothing to tell, `page` is asked for it once.
 */
export const tellInPages = <Item>(
  { tidings, time }: Pick<Station, 'tidings' | 'time'>,
  action: string,
  {
    items,
    most,
    page,
  }: { readonly items: readonly Item[]; readonly most: number; readonly page: (items: readonly Item[]) => object },
): void => {
  const generatedAt = new Date(time.now()).toISOString()
  const count = Math.max(1, Math.ceil(items.length / most))
  for (let seqNo = 0; seqNo < count; seqNo++)
    tidings.tell(action, {
      ...page(items.slice(seqNo * most, (seqNo + 1) * most)),
      seqNo,
      generatedAt,
      tbc: seqNo < count - 1,
    })
}
