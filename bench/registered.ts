/** Registers `BENCH-0` … and a token over the API. */
export const register = async (url: string, key: string, sockets: number): Promise<void> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' }
  const lines = Array.from({ length: sockets }, (_, i) =>
    JSON.stringify({ identity: `BENCH-${i}`, password: `BENCH-password-${i}`.padEnd(16, '-') }),
  )
  for (let from = 0; from < lines.length; from += 5_000) {
    const response = await fetch(`${url}api/v1/imports/charge-points?dryRun=false`, {
      method: 'POST',
      headers,
      body: lines.slice(from, from + 5_000).join('\n'),
    })
    if (!response.ok) throw new Error(`registering failed: ${await response.text()}`)
  }
  await fetch(`${url}api/v1/tokens/BENCHCARD`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{}',
  })
}
