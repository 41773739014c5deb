import type { TestServer } from './server.ts'

/** A hub that speaks OICP, of a tenant's own: nobody is there whom anything could be pushed to. */
export const registerHub = async ({ api }: Pick<TestServer, 'api'>, id: string): Promise<object> => {
  const { certificate } = (await api('GET', '/api/v1/authority')).body as { certificate: string }
  const { status, body } = await api('POST', '/api/v1/roaming-partners/oicp', {
    id,
    baseUrl: 'https://hub.invalid/api/oicp',
    operatorId: 'DE*ABC',
    operatorName: 'ABC',
    hotline: '+4930123456',
    certificate,
    key: '-----BEGIN PRIVATE KEY-----',
  })
  if (status !== 201) throw new Error(`the hub was not registered: ${status}`)
  return body
}
