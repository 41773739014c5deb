interface GroupParts {
  /** Asks worker `index` on its own port of operations; undefined where it does not answer. */
  readonly ask: (index: number, path: string) => Promise<Response | undefined>
  readonly pids: () => readonly number[]
}

/** What the port of operations of a whole group says. It is ready while one worker is: the port is theirs together. */
export const groupOperations =
  ({ ask, pids }: GroupParts) =>
  async (path: string): Promise<Response | undefined> => {
    const answers = (): Promise<readonly (Response | undefined)[]> =>
      Promise.all(pids().map((_, index) => ask(index, path)))
    if (path === '/metrics') {
      const texts = (await answers()).map(async (answer) => (await answer?.text()) ?? '')
      return new Response(mergedMetrics(await Promise.all(texts)), {
        headers: { 'content-type': 'text/plain; version=0.0.4' },
      })
    }
    if (path === '/readyz') {
      const workers = (await answers()).map((answer) => answer?.ok === true)
      const ready = workers.some(Boolean)
      return Response.json({ ready, workers }, { status: ready ? 200 : 503 })
    }
    if (path === '/workers') {
      const told = (await answers()).map(async (answer, index) => {
        const one = (await answer?.json()) as { readonly workers: readonly object[] } | undefined
        return { worker: index, pid: pids()[index] ?? 0, ...one?.workers[0] }
      })
      return Response.json({ workers: await Promise.all(told) })
    }
    return undefined
  }

/** The metrics of several workers as one text: each series gets the number of its worker. */
const mergedMetrics = (texts: readonly string[]): string => {
  const heads = new Set<string>()
  const lines = texts.flatMap((text, worker) =>
    text.split('\n').flatMap((line) => {
      if (line === '') return []
      if (line.startsWith('#')) {
        if (heads.has(line)) return []
        heads.add(line)
        return [line]
      }
      const [, name = '', labels = '', rest = ''] = /^([^{\s]+)(?:\{(.*)\})?\s(.*)$/.exec(line) ?? []
      return [`${name}{worker="${worker}"${labels === '' ? '' : `,${labels}`}} ${rest}`]
    }),
  )
  // one block a metric, as the text format wants it
  const blocks = new Map<string, string[]>()
  let current = ''
  for (const line of lines) {
    const name = line.startsWith('#')
      ? (line.split(' ')[2] ?? '')
      : (line.split('{')[0] ?? '').replace(/_(bucket|sum|count)$/, '')
    current = line.startsWith('#') ? name : [...blocks.keys()].includes(name) ? name : current
    blocks.set(current, [...(blocks.get(current) ?? []), line])
  }
  return `${[...blocks.values()].flatMap((block) => [...block.filter((l) => l.startsWith('#')), ...block.filter((l) => !l.startsWith('#'))]).join('\n')}\n`
}
