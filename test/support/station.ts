import { RPCClient } from 'ocpp-rpc'
import { check } from '../../core/ocpp/schema.ts'
import type { Protocol } from '../../core/ocpp/version.ts'

export interface ForeignStation {
  call(action: string, payload: object): Promise<Record<string, unknown>>
  /** Tells something that is not answered: a SEND (2.1). */
  tell(action: string, payload: object): void
  /** Answers what we ask of it; the last handler of an action counts. */
  on(action: string, handle: (params: Record<string, unknown>) => object): void
  close(): Promise<void>
  /** How its socket ends, whoever ends it. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** A charge point that somebody else wrote (`ocpp-rpc`), strict about everything we say. */
export const foreignStation = async (
  url: string,
  identity: string,
  password: string | Buffer,
  /** What a proxy in front would add, and how TLS is checked. */
  more: {
    readonly headers?: Readonly<Record<string, string>>
    readonly ca?: string
    readonly protocol?: Protocol
    /** Whose station it is, where its address says so. */
    readonly tenant?: string
  } = {},
): Promise<ForeignStation> => {
  const { protocol = 'ocpp1.6', tenant } = more
  const client = new RPCClient({
    endpoint: `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ocpp${tenant === undefined ? '' : `/${tenant}`}`,
    identity,
    password,
    protocols: [protocol],
    // it looks for the schemas of 2.1 under names that they do not have: of that version we look ourselves
    strictMode: protocol !== 'ocpp2.1',
    reconnect: false,
    callTimeoutMs: 10_000,
    headers: more.headers ?? {},
    ...(more.ca !== undefined && { wsOpts: { ca: more.ca } }),
  } as ConstructorParameters<typeof RPCClient>[0])
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((tell) =>
    client.once('disconnect', (end: { code: number; reason: string | Buffer }) =>
      tell({ code: end.code, reason: String(end.reason) }),
    ),
  )
  await client.connect()
  const looked = (name: string, payload: Record<string, unknown>): Record<string, unknown> => {
    const fault = protocol === 'ocpp2.1' ? faultIn(protocol, name, payload) : undefined
    if (fault !== undefined) throw new Error(`${name} does not follow its schema: ${fault}`)
    return payload
  }
  return {
    call: async (action, payload) =>
      looked(`${action}Response`, (await client.call(action, payload)) as Record<string, unknown>),
    tell: (action, payload) => client.sendRaw(JSON.stringify([6, crypto.randomUUID(), action, payload])),
    on: (action, handle) =>
      client.handle(action, (({ params }: { params: Record<string, unknown> }) =>
        handle(looked(`${action}Request`, params))) as never),
    close: async () => void (await client.close()),
    closed,
  }
}

/** What is wrong with a payload by its schema, without any leniency. */
const faultIn = (protocol: Protocol, name: string, payload: unknown): string | undefined => {
  const checked = check(protocol, name, payload, 'strict')
  return checked.ok ? checked.untidy : checked.refusal.description
}
