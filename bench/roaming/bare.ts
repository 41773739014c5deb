/** A request to the same server by somebody who does nothing else: what it takes by itself. */
export const bareRequests = async (
  url: string,
  {
    method,
    count,
    inFlight,
  }: { readonly method: 'PATCH' | 'POST' | 'GET'; readonly count: number; readonly inFlight: number },
): Promise<readonly number[]> => {
  const took: number[] = []
  let left = count
  const line = async (): Promise<void> => {
    while (left-- > 0) {
      const began = performance.now()
      const answer = await fetch(url, {
        method,
        ...(method !== 'GET' && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ status: 'CHARGING', last_updated: new Date().toISOString() }),
        }),
      })
      await answer.text()
      took.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, line))
  return took
}
