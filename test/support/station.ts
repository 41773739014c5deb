import { RPCClient } from 'ocpp-rpc'

export interface ForeignStation {
  call(action: string, payload: object): Promise<Record<string, unknown>>
  /** Answers what we ask of it; the last handler of an action counts. */
  on(action: string, handle: (params: Record<string, unknown>) => object): void
  close(): Promise<void>
}

/** A charge point that somebody else wrote (`ocpp-rpc`), strict about everything we say. */
export const foreignStation = async (
  url: string,
  identity: string,
  password: string | Buffer,
  /** What a proxy in front would add, and how TLS is checked. */
  more: { readonly headers?: Readonly<Record<string, string>>; readonly ca?: string } = {},
): Promise<ForeignStation> => {
  const client = new RPCClient({
    endpoint: `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ocpp`,
    identity,
    password,
    protocols: ['ocpp1.6'],
    strictMode: true,
    reconnect: false,
    callTimeoutMs: 10_000,
    headers: more.headers ?? {},
    ...(more.ca !== undefined && { wsOpts: { ca: more.ca } }),
  } as ConstructorParameters<typeof RPCClient>[0])
  await client.connect()
  return {
    call: (action, payload) => client.call(action, payload) as Promise<Record<string, unknown>>,
    on: (action, handle) =>
      client.handle(action, (({ params }: { params: Record<string, unknown> }) => handle(params)) as never),
    close: async () => void (await client.close()),
  }
}
