/** The API of a server, and what opens it. */
export interface Door {
  /** `http://127.0.0.1:8080` */
  readonly api: string
  readonly key: string
  /** That a key of the platform or of a reseller speaks for; absent = the key's own. */
  readonly tenant?: string
}

/** A list of the API. */
export interface Listed<Item> {
  readonly items: readonly Item[]
}

/** The API did not take it. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** One request; throws `Refused` for whatever is not answered with 2xx. */
export const ask = async <Answer>(
  { api, key, tenant }: Door,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<Answer> => {
  const response = await fetch(new URL(`/api/v1/${path}`, api), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(tenant !== undefined && { 'sm-tenant': tenant }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Refused(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}
