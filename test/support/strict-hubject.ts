import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { z } from 'zod'
import { certified, pemOfKey, x509 } from './certificates.ts'
import * as forms from './hubject-forms.ts'

/** What the next request of an operation meets. `silent`, `cutAfter`: it is done, and there is no answer. */
export type HubMishap = 'broken' | 'limited' | 'silent' | 'cutAfter' | 'noJson'

export interface StrictHub {
  /** Where its services are. */
  readonly url: string
  /** The same, for whoever looks no name up. */
  readonly address: string
  /** By whom its own certificate is, PEM. */
  readonly authority: string
  /** With which it calls, PEM. */
  readonly certificate: string
  /** A client certificate of an operator. */
  clientFor(operatorId: string): Promise<{ readonly certificate: string; readonly key: string }>
  /** What it has now: by EVSEID, by SessionID. */
  readonly evses: Map<string, Readonly<Record<string, unknown>>>
  readonly statuses: Map<string, string>
  readonly cdrs: Map<string, forms.HeardCdr>
  readonly notifications: forms.Notification[]
  /** The sessions that it has begun, and of whom each is. */
  readonly sessions: Map<string, string>
  /** Each push as `evseData insert 3`. */
  readonly pushes: string[]
  /** What it has refused, and why: `evseData 018 …`. */
  readonly refusals: string[]
  /** Requests of one operation that came while another of it was under way: there must be none. */
  overlaps(): number
  /** How long it takes for an answer. */
  latencyMs: number
  /** Whom it says yes for: the UID or EVCO ID, and of which provider it is. */
  readonly drivers: Map<string, string>
  meets(operation: string, ...mishaps: readonly HubMishap[]): void
  /** It knows nothing any more, and answers at once. */
  forget(): void
  /** Whoever waits for an answer waits no longer. */
  hangUp(): void
  close(): Promise<void>
}

interface Heard {
  readonly method: string
  readonly path: string
  readonly body: string
}

interface Said {
  readonly code: string
  readonly info?: string
  readonly more?: Readonly<Record<string, unknown>>
}

const paths: readonly (readonly [operation: string, pattern: RegExp])[] = [
  ['evseData', /^\/api\/oicp\/evsepush\/v23\/operators\/([^/]+)\/data-records$/],
  ['evseStatus', /^\/api\/oicp\/evsepush\/v21\/operators\/([^/]+)\/status-records$/],
  ['authorizeStart', /^\/api\/oicp\/charging\/v21\/operators\/([^/]+)\/authorize\/start$/],
  ['cdr', /^\/api\/oicp\/cdrmgmt\/v22\/operators\/([^/]+)\/charge-detail-record$/],
  ['notification', /^\/api\/oicp\/notificationmgmt\/v11\/charging-notifications()$/],
]

const plain = (id: string): string => id.toUpperCase().replaceAll(/[*-]/g, '')
const refused = (code: string, info: string): Said => ({ code, info })
const done: Said = { code: '000' }

/** A hub that takes nothing that its description does not allow, over TLS on real sockets, with certificates of its own. */
export const startStrictHubject = async (): Promise<StrictHub> => {
  const root = await certified({ name: 'CN=Test Hub CA', ca: true })
  const own = await certified({
    name: 'CN=hub.test',
    by: root,
    more: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'hub.test' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  })
  const mishaps = new Map<string, HubMishap[]>()
  const underWay = new Map<string, number>()
  let overlaps = 0
  const told = new Map<string, number>()

  const server = createServer(
    { cert: own.pem, key: pemOfKey(own.keys), ca: root.pem, requestCert: true, rejectUnauthorized: true },
    (socket) => serve(socket, (request) => heard(socket, request)),
  )
  const sockets = new Set<TLSSocket>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  const hub: StrictHub = {
    url: '',
    address: '',
    authority: root.pem,
    certificate: own.pem,
    async clientFor(operatorId) {
      const client = await certified({ name: `CN=${operatorId}`, by: root })
      return { certificate: client.pem, key: pemOfKey(client.keys) }
    },
    evses: new Map(),
    statuses: new Map(),
    cdrs: new Map(),
    notifications: [],
    sessions: new Map(),
    pushes: [],
    refusals: [],
    overlaps: () => overlaps,
    latencyMs: 0,
    drivers: new Map(),
    meets: (operation, ...more) => void mishaps.set(operation, [...(mishaps.get(operation) ?? []), ...more]),
    forget() {
      const { evses, statuses, cdrs, notifications, sessions, pushes, refusals, drivers } = hub
      for (const all of [evses, statuses, cdrs, sessions, drivers, mishaps, told]) all.clear()
      for (const all of [notifications, pushes, refusals]) all.length = 0
      overlaps = 0
      hub.latencyMs = 0
    },
    hangUp() {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        hub.hangUp()
      }),
  }

  const heard = async (socket: TLSSocket, { method, path, body }: Heard): Promise<void> => {
    const [operation, operator] = placeOf(path)
    if (operation === undefined || method !== 'POST') return answer(socket, 404, '')
    const line = `${operation} ${operator ?? ''}`
    const others = underWay.get(line) ?? 0
    if (others > 0) overlaps++
    underWay.set(line, others + 1)
    try {
      const mishap = mishaps.get(operation)?.shift()
      await new Promise((go) => setTimeout(go, hub.latencyMs))
      if (mishap === 'broken') return answer(socket, 500, '<h1>Internal Server Error</h1>')
      if (mishap === 'limited') return answer(socket, 429, '', 'retry-after: 1\r\n')
      if (mishap === 'noJson') return answer(socket, 200, '<html>Welcome</html>')
      const said = others > 0 ? refused('009', 'one after the other') : judged(socket, { operation, operator, body })
      if (said.code !== '000') hub.refusals.push(`${operation} ${said.code} ${said.info ?? ''}`.trim())
      if (mishap === 'silent') return
      if (mishap === 'cutAfter') return void socket.destroy()
      return answer(socket, 200, JSON.stringify(written(operation, said)))
    } finally {
      underWay.set(line, (underWay.get(line) ?? 1) - 1)
    }
  }

  const judged = (
    socket: TLSSocket,
    { operation, operator, body }: { operation: string; operator: string | undefined; body: string },
  ): Said => {
    let json: unknown
    try {
      json = JSON.parse(body)
    } catch {
      return refused('022', 'no JSON')
    }
    const name = String(socket.getPeerCertificate().subject.CN)
    const owner = operator === '' || operator === undefined ? operatorIn(json) : decodeURIComponent(operator)
    if (plain(owner) !== plain(name)) return refused('017', `${name} is not ${owner}`)
    return judges[operation]?.(json, owner) ?? refused('320', operation)
  }

  const judge =
    <Form extends z.ZodType>(form: Form, then: (message: z.infer<Form>, owner: string) => Said) =>
    (json: unknown, owner: string): Said => {
      const read = form.safeParse(json)
      return read.success
        ? then(read.data, owner)
        : refused('022', read.error.issues.map(({ path, message }) => `/${path.join('/')} ${message}`).join('; '))
    }

  const judges: Readonly<Record<string, (json: unknown, owner: string) => Said>> = {
    evseData: judge(
      forms.pushEvseData,
      ({ ActionType, OperatorEvseData: { EvseDataRecord: records, OperatorID } }, owner) => {
        if (plain(OperatorID) !== plain(owner)) return refused('017', OperatorID)
        const foreign = records.find(({ EvseID }) => !plain(EvseID).startsWith(plain(owner)))
        if (foreign !== undefined) return refused('018', foreign.EvseID)
        const had = records.find(({ EvseID }) => hub.evses.has(EvseID))
        const missing = records.find(({ EvseID }) => !hub.evses.has(EvseID))
        if (ActionType === 'insert' && had !== undefined) return refused('022', `${had.EvseID} is there already`)
        if ((ActionType === 'update' || ActionType === 'delete') && missing !== undefined)
          return refused('022', `${missing.EvseID} is not there`)
        hub.pushes.push(`evseData ${ActionType} ${records.length}`)
        if (ActionType === 'fullLoad') hub.evses.clear()
        for (const record of records)
          if (ActionType === 'delete') {
            hub.evses.delete(record.EvseID)
            hub.statuses.delete(record.EvseID)
          } else hub.evses.set(record.EvseID, record)
        return done
      },
    ),
    evseStatus: judge(
      forms.pushEvseStatus,
      ({ ActionType, OperatorEvseStatus: { EvseStatusRecord: records } }, owner) => {
        const foreign = records.find(({ EvseID }) => !plain(EvseID).startsWith(plain(owner)))
        if (foreign !== undefined) return refused('018', foreign.EvseID)
        const unknown = records.find(({ EvseID }) => !hub.evses.has(EvseID))
        if (unknown !== undefined) return refused('603', unknown.EvseID)
        hub.pushes.push(`evseStatus ${ActionType} ${records.length}`)
        if (ActionType === 'fullLoad') hub.statuses.clear()
        for (const { EvseID, EvseStatus } of records)
          if (ActionType === 'delete') hub.statuses.delete(EvseID)
          else hub.statuses.set(EvseID, EvseStatus)
        return done
      },
    ),
    authorizeStart: judge(forms.authorizeStart, ({ Identification, CPOPartnerSessionID }) => {
      const provider = hub.drivers.get(shownIn(Identification))
      if (provider === undefined) return refused('102', 'nobody says yes')
      const session = randomUUID()
      hub.sessions.set(session, shownIn(Identification))
      return { ...done, more: { SessionID: session, CPOPartnerSessionID, ProviderID: provider } }
    }),
    cdr: judge(forms.chargeDetailRecord, (record) => {
      const times = [record.SessionStart, record.ChargingStart, record.ChargingEnd, record.SessionEnd].map(Date.parse)
      const [sessionStart = 0, start = 0, end = 0, sessionEnd = 0] = times
      if (sessionEnd < sessionStart || end < start || sessionEnd > Date.now() || end > Date.now())
        return refused('022', 'its times are not plausible')
      if (record.ConsumedEnergy < 0 || record.ConsumedEnergy > 1_000)
        return refused('022', 'its energy is not plausible')
      if (!hub.sessions.has(record.SessionID)) return refused('400', record.SessionID)
      if (hub.cdrs.has(record.SessionID)) return refused('400', `${record.SessionID} has one already`)
      hub.cdrs.set(record.SessionID, record)
      return done
    }),
    notification: judge(forms.chargingNotification, (notification) => {
      const { SessionID, Type } = notification
      if (!hub.sessions.has(SessionID)) return refused('400', SessionID)
      if (Type === 'Progress' && Date.now() - (told.get(SessionID) ?? 0) < 5 * 60_000)
        return refused('022', 'too often')
      told.set(SessionID, Date.now())
      hub.notifications.push(notification)
      return done
    }),
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()))
  const { port } = server.address() as AddressInfo
  return Object.assign(hub, {
    url: `https://hub.test:${port}/api/oicp`,
    address: `https://127.0.0.1:${port}/api/oicp`,
  })
}

const placeOf = (path: string): readonly [operation: string | undefined, operator: string | undefined] => {
  for (const [operation, pattern] of paths) {
    const found = pattern.exec(path)
    if (found) return [operation, found[1]]
  }
  return [undefined, undefined]
}

const operatorIn = (json: unknown): string =>
  typeof json === 'object' && json !== null && 'OperatorID' in json ? String(json.OperatorID) : ''

const shownIn = (identification: z.infer<typeof forms.identification>): string => {
  const [shown = {}] = Object.values(identification)
  return 'UID' in shown ? String(shown.UID) : String('EvcoID' in shown ? shown.EvcoID : '')
}

const written = (operation: string, { code, info, more }: Said): object => ({
  ...(operation.startsWith('authorize')
    ? { AuthorizationStatus: code === '000' ? 'Authorized' : 'NotAuthorized' }
    : { Result: code === '000' }),
  StatusCode: { Code: code, Description: null, AdditionalInfo: info ?? null },
  SessionID: null,
  CPOPartnerSessionID: null,
  EMPPartnerSessionID: null,
  ...more,
})

const answer = (socket: TLSSocket, status: number, body: string, headers = ''): void => {
  const length = Buffer.byteLength(body)
  socket.write(
    `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\n${headers}content-length: ${length}\r\n\r\n${body}`,
  )
}

/** Requests of one connection, one after the other. */
const serve = (socket: TLSSocket, heard: (request: Heard) => Promise<void>): void => {
  let bytes = Buffer.alloc(0)
  let busy = Promise.resolve()
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = bytes.subarray(0, end).toString('latin1')
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (bytes.length < end + 4 + length) return
      const [method = '', path = ''] = head.split(' ')
      const body = bytes.subarray(end + 4, end + 4 + length).toString('utf8')
      bytes = bytes.subarray(end + 4 + length)
      busy = busy.then(() => heard({ method, path, body }))
    }
  })
}
