/** What is looked up once for each name, until somebody says that it has changed (D-20). What failed is looked up again. */
export const remembered = <Value>(
  load: (name: string) => Promise<Value>,
): {
  readonly of: (name: string) => Promise<Value>
  readonly forget: (name: string) => void
  readonly forgetAll: () => void
} => {
  const known = new Map<string, Promise<Value>>()
  return {
    of(name) {
      const found = known.get(name) ?? load(name)
      known.set(name, found)
      found.catch(() => known.delete(name))
      return found
    },
    forget: (name) => void known.delete(name),
    forgetAll: () => known.clear(),
  }
}
