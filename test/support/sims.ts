import { type TestServer, until } from './server.ts'

/** What a simulated provider calls its only SIM. */
export const simulatedIccid = '8988000000000000000'

interface Shown {
  readonly id: string
  readonly state: string
}

/** Sets up a simulated provider of one SIM, has it read in, and asks of it once; answers the command. */
export const simulatedSim = async (
  { api }: Pick<TestServer, 'api'>,
  provider: string,
  settings: object = {},
): Promise<string> => {
  const its = { first: simulatedIccid, count: 1, ...settings }
  await api('PUT', `/api/v1/sim-providers/${provider}`, { kind: 'simulator', settings: its })
  await api('POST', `/api/v1/sim-providers/${provider}/import`)
  await until('the SIM', async () => {
    const { status, body } = await api('GET', `/api/v1/sims/${simulatedIccid}`)
    return status === 200 && (body as { askedAt: string | null }).askedAt !== null
  })
  const { body } = await api('POST', `/api/v1/sims/${simulatedIccid}/commands`, { type: 'look' })
  const { id }: Shown = body
  await until('the look', async () => {
    const { state }: Shown = (await api('GET', `/api/v1/sims/${simulatedIccid}/commands/${id}`)).body
    return state === 'done'
  })
  return id
}
