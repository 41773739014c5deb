/** One list of a server, read by its `Link`s as a partner reads it. */
export interface Crawled {
  readonly pages: number
  readonly objects: number
  readonly seconds: number
  /** ms of each page, in their order. */
  readonly took: readonly number[]
  /** What the first page said: X-Total-Count. */
  readonly total: number
}

export const crawl = async (url: string, token: string, mostPages = Infinity): Promise<Crawled> => {
  const authorization = `Token ${Buffer.from(token).toString('base64')}`
  const began = performance.now()
  const took: number[] = []
  let [objects, total] = [0, 0]
  for (let next: string | undefined = url; next !== undefined && took.length < mostPages;) {
    const asked = performance.now()
    const answer: Response = await fetch(next, { headers: { authorization } })
    const { data } = (await answer.json()) as { readonly data?: readonly unknown[] }
    if (data === undefined) throw new Error(`${next}: ${answer.status}`)
    took.push(performance.now() - asked)
    objects += data.length
    if (took.length === 1) total = Number(answer.headers.get('x-total-count'))
    next = /<([^>]+)>; *rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
  }
  return { pages: took.length, objects, seconds: (performance.now() - began) / 1_000, took, total }
}
