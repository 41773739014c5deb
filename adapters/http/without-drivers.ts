/** What tells who has charged, by the names that the API has for it. */
const telling = new Set(['token', 'stopToken', 'contract', 'driver', 'evcoId', 'uid', 'groupId'])

const blanked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(blanked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, telling.has(name) ? null : blanked(inner)]),
  )
}

/** An answer for those who may not know who has charged: whichever route it is of, its JSON says nothing of them. */
export const withoutDrivers = async (response: Response): Promise<Response> => {
  if (!/^application\/json\b/.test(response.headers.get('content-type') ?? '')) return response
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(JSON.stringify(blanked(await response.json())), { status: response.status, headers })
}
