/**
 * The one text of a value: names in the order of their characters, nothing between, what is undefined left out. However
 * a store keeps its fields, the same value is the same text, and so the same bytes. JSON of numbers that are whole, texts
 * and truths; nothing else is handed in.
 */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}
