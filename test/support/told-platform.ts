/**
 * What a partner makes of what it is told, by the letter of the specification and no cleverer: a PATCH needs what it
 * patches and says when; what is within bears up to what it is in; periods of a session are added as often as they come.
 */
type Json = Readonly<Record<string, unknown>>

export interface Told {
  readonly module: string
  readonly method: string
  /** Behind the address of the module. */
  readonly path: readonly string[]
  readonly body: Json | undefined
}

export interface Said {
  readonly status: number
  readonly code: number
  readonly data?: unknown
}

export interface ToldPlatform {
  /** By `<module>/<id>`. */
  readonly objects: Map<string, Json>
  readonly heard: string[]
  hear(told: Told): Said
}

const done: Said = { status: 200, code: 1000 }
const unknown: Said = { status: 404, code: 2003 }
const listIn = (holder: Json, name: string): readonly Json[] => (holder[name] ?? []) as readonly Json[]
const later = (a: unknown, b: unknown): unknown => (String(a) >= String(b) ? a : b)

export const toldPlatform = (): ToldPlatform => {
  const objects = new Map<string, Json>()
  const heard: string[] = []
  return {
    objects,
    heard,
    hear({ module, method, path: [, , id = '', evse, connector], body }) {
      heard.push(`${method} ${[module, id, evse, connector].filter((part) => part !== undefined).join('/')}`)
      const key = `${module}/${id}`
      const had = objects.get(key)
      if (method === 'GET') return had === undefined ? unknown : { ...done, data: had }
      if (method === 'DELETE') return objects.delete(key) ? done : unknown
      if (body === undefined) return { status: 200, code: 2001 }
      if (evse === undefined) {
        if (method === 'PUT') {
          objects.set(key, body)
          return { status: 201, code: 1000 }
        }
        if (had === undefined) return unknown
        if (body['last_updated'] === undefined) return { status: 200, code: 2001 }
        const periods = [...listIn(had, 'charging_periods'), ...listIn(body, 'charging_periods')]
        objects.set(key, { ...had, ...body, ...(periods.length > 0 && { charging_periods: periods }) })
        return done
      }
      if (had === undefined) return unknown
      const made = within(had, 'evses', ['uid', evse], (of) => {
        if (connector === undefined) return method === 'PUT' ? body : of && { ...of, ...body }
        return of && within(of, 'connectors', ['id', connector], () => body)
      })
      if (made === undefined) return unknown
      objects.set(key, made)
      return done
    },
  }
}

const within = (
  holder: Json,
  list: string,
  [name, id]: readonly [string, string],
  change: (had: Json | undefined) => Json | undefined,
): Json | undefined => {
  const elements = listIn(holder, list)
  const index = elements.findIndex((one) => one[name] === id)
  const has = change(elements[index])
  if (has === undefined) return undefined
  return {
    ...holder,
    [list]: index < 0 ? [...elements, has] : elements.with(index, has),
    last_updated: later(holder['last_updated'], has['last_updated']),
  }
}
