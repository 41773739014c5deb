/** A page for the console's scripts where there is no browser: nodes as data, whose texts are never read as HTML. */
export class Part {
  readonly name: string
  readonly attributes: Record<string, string> = {}
  readonly listeners: Record<string, (event: object) => unknown> = {}
  children: (Part | string)[] = []
  hidden = false
  disabled = false
  open = false
  value = ''
  isSelected = false
  isFocused = false
  constructor(name: string) {
    this.name = name
  }
  setAttribute(key: string, value: string): void {
    this.attributes[key] = value
    if (key === 'value') this.value = value
  }
  addEventListener(type: string, listener: (event: object) => unknown): void {
    this.listeners[type] = listener
  }
  append(...children: readonly (Part | string)[]): void {
    this.children.push(...children)
  }
  replaceChildren(...children: readonly (Part | string)[]): void {
    this.children = [...children]
  }
  get textContent(): string {
    return this.children.map((child) => (child instanceof Part ? child.textContent : child)).join('')
  }
  set textContent(text: string) {
    this.children = [text]
  }
  /** Every table of a page is one by itself. */
  closest(): Part {
    return this
  }
  select(): void {
    this.isSelected = true
  }
  focus(): void {
    this.isFocused = true
  }
  showModal(): void {
    this.open = true
  }
  close(): void {
    if (this.open) void this.fire('close')
    this.open = false
  }
  /** As somebody does it; answers when all that follows from it is done. */
  async fire(type: string): Promise<void> {
    await this.listeners[type]?.({ preventDefault: () => undefined })
  }
}

type Listener = (event: object) => unknown
type Text = string | number | null | undefined

export type Make = (
  name: string,
  attributes?: Readonly<Record<string, string | Listener | undefined>>,
  ...children: readonly (Part | Text)[]
) => Part

export const make: Make = (name, attributes = {}, ...children) => {
  const part = new Part(name)
  for (const [key, value] of Object.entries(attributes))
    if (typeof value === 'function') part.addEventListener(key.slice(2), value)
    else if (value !== undefined) part.setAttribute(key, value)
  part.append(...children.map((child) => (child instanceof Part ? child : String(child ?? ''))))
  return part
}

/** All parts of this name, from above. */
export const every = (node: unknown, name?: string): readonly Part[] =>
  node instanceof Part
    ? [
        ...(name === undefined || node.name === name ? [node] : []),
        ...node.children.flatMap((child) => every(child, name)),
      ]
    : []

/** What stands in the rows of a table, cell by cell. */
export const rowsIn = (node: unknown): readonly (readonly string[])[] =>
  every(node, 'tr')
    .map((row) => every(row, 'td').map(({ textContent }) => textContent))
    .filter((cells) => cells.length > 0)

export const buttonIn = (node: unknown, text: string): Part => {
  const found = every(node, 'button').find(({ textContent }) => textContent.startsWith(text))
  if (found === undefined) throw new Error(`there is no button ${text}`)
  return found
}

export interface Called {
  readonly path: string
  readonly method: string
  readonly body?: unknown
}

interface Options {
  readonly method?: string
  readonly body?: string
}

/** What app.js hands to the sections; `answer` is the API, an `Error` of it is one of the page. */
export const standInPage = (answer: (called: Called) => unknown) => {
  const calls: Called[] = []
  const parts = new Map<string, Part>()
  Object.assign(globalThis, { document: { createElementNS: (_: string, name: string) => new Part(name) } })
  return {
    calls,
    $: (id: string): Part => {
      const part = parts.get(id) ?? new Part(id)
      parts.set(id, part)
      return part
    },
    page: {
      async api(path: string, { method = 'GET', body }: Options = {}): Promise<unknown> {
        const called = { path, method, ...(body !== undefined && { body: JSON.parse(body) as unknown }) }
        calls.push(called)
        const found = await answer(called)
        if (found instanceof Error) throw found
        return found
      },
      element: make,
      wait: async (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
      copy: async (): Promise<void> => undefined,
      sure: (): boolean => true,
      reason: (): string | undefined => 'told by telephone',
    },
  }
}

/** A script of the console, which no type is known of. */
export const consoleScript = async <Script>(name: string): Promise<Script> =>
  (await import(new URL(`../../adapters/console/${name}.js`, import.meta.url).href)) as Script
