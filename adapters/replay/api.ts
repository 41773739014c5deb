/** The API of a running server, as far as a replay reads it. */
export interface Api {
  /** One resource; undefined where there is none. Throws with the server's own words for any other refusal. */
  get<Resource>(path: string): Promise<Resource | undefined>
}

export const apiOf = (url: string, key: string, tenant: string | undefined): Api => ({
  async get<Resource>(path: string) {
    const response = await fetch(new URL(path, url), {
      headers: { authorization: `Bearer ${key}`, ...(tenant !== undefined && { 'sm-tenant': tenant }) },
      signal: AbortSignal.timeout(30_000),
    })
    if (response.status === 404) return undefined
    const body = (await response.json()) as Resource & { readonly detail?: string }
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body.detail ?? ''}`)
    return body
  },
})

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** A list page by page, until its end or until there is enough of it. */
export const pagesOf = async <Item>(api: Api, path: string, most: number): Promise<readonly Item[]> => {
  const items: Item[] = []
  const joint = path.includes('?') ? '&' : '?'
  for (let next: string | null = ''; next !== null && items.length < most;) {
    const page: Page<Item> | undefined = await api.get(
      `${path}${joint}limit=500${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`,
    )
    items.push(...(page?.items ?? []))
    next = page?.next ?? null
  }
  return items.slice(0, most)
}
