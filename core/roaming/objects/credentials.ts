import { type Finish, isJson, type Json } from '../field.ts'
import type { ClientInfo, Credentials, CredentialsRole, Endpoint, Version, VersionDetails } from '../model.ts'
import { ciText, dateTime, type FieldsOf, maybe, object, one, shape, some, url, whole, words } from '../shape.ts'
import { businessDetails, role } from './basics.ts'

/** How platforms find and trust each other (OCPI 2.3.0 credentials, version_information_endpoint, mod_hub_client_info). */

const credentialsRole = shape('CredentialsRole', {
  role: one(role),
  business_details: one(object(businessDetails)),
  party_id: one(ciText(3)),
  country_code: one(ciText(2)),
} satisfies FieldsOf<CredentialsRole>)

const rolesOf = (source: Json): readonly Json[] => {
  const roles = source['roles']
  return Array.isArray(roles) ? roles.filter(isJson) : []
}

/** A hub of 2.2.1 has one role, and nobody else's with it. */
const asHub: Finish = (done, source, { note }) => {
  const hub = source['hub_party_id']
  const [{ business_details: details } = {}] = rolesOf(done)
  if (typeof hub !== 'string') return done
  note('replaced', 'a hub has its own role alone; its parties are in its client infos', '/roles')
  const [country_code, party_id] = [hub.slice(0, 2), hub.slice(2)]
  return { ...done, roles: [{ role: 'HUB', business_details: details, party_id, country_code }] }
}

const fromHub: Finish = (done, source) => {
  const hub = rolesOf(source).find((of) => of['role'] === 'HUB')
  return hub === undefined
    ? done
    : { ...done, hub_party_id: `${String(hub['country_code'])}${String(hub['party_id'])}` }
}

const flat = ['business_details', 'party_id', 'country_code'] as const

/** 2.1.1 is for one role, that of the address. */
const oneRole: Finish = (done, source, { known, note }) => {
  const roles = rolesOf(source)
  const chosen = roles.find((of) => of['role'] === known.role) ?? roles[0]
  if (chosen === undefined) return done
  roles.forEach((of, i) => {
    if (of !== chosen) note('leftOut', 'credentials are of one role', `/roles/${i}`)
    else if (of['role'] !== known.role) note('noField', 'the role is that of the address', `/roles/${i}/role`)
    for (const name of of === chosen ? Object.keys(of) : [])
      if (!credentialsRole.fields.has(name)) note('noField', 'a role has no place of its own', `/roles/${i}/${name}`)
  })
  return { ...done, ...Object.fromEntries(flat.map((name) => [name, chosen[name]])) }
}

const listed: Finish = (done, source, { known, note }) => {
  const rest = Object.fromEntries(Object.entries(done).filter(([name]) => !flat.some((of) => of === name)))
  if (known.role === undefined) note('missing', 'whose role it is, is not known')
  const details = Object.fromEntries(flat.map((name) => [name, source[name]]))
  return { ...rest, roles: [{ ...(known.role === undefined ? {} : { role: known.role }), ...details }] }
}

export const credentials = shape(
  'Credentials',
  {
    token: one(whole(64)),
    url: one(url),
    hub_party_id: maybe({ ...ciText(5), like: /^[A-Za-z]{2}[A-Za-z0-9]{3}$/ }, { since: '2.3.0', moved: ['2.2.1'] }),
    roles: some(object(credentialsRole), { since: '2.2.1', moved: ['2.1.1'] }),
  } satisfies FieldsOf<Credentials>,
  {
    only: {
      '2.1.1': {
        business_details: one(object(businessDetails)),
        party_id: one(ciText(3)),
        country_code: one(ciText(2)),
      },
    },
    down: { '2.2.1': asHub, '2.1.1': oneRole },
    up: { '2.2.1': fromHub, '2.1.1': listed },
  },
)

const versionNumber = words('VersionNumber', '2.0 2.1 2.1.1 2.2 2.2.1 2.3.0', { open: true })

export const version = shape('Version', { version: one(versionNumber), url: one(url) } satisfies FieldsOf<Version>)

/** Whose data each module of 2.1.1 hands over; who has the role sends, the other receives. */
const senders: ReadonlyMap<unknown, string> = new Map([
  ['cdrs', 'CPO'],
  ['commands', 'EMSP'],
  ['locations', 'CPO'],
  ['sessions', 'CPO'],
  ['tariffs', 'CPO'],
  ['tokens', 'EMSP'],
])

/** The side of a module of 2.1.1, by the role of its address. `credentials` is neither; a module of somebody's own is taken for one that receives. */
export const interfaceOf = (identifier: unknown, role: string | undefined): 'SENDER' | 'RECEIVER' => {
  if (identifier === 'credentials') return 'SENDER'
  return role !== undefined && senders.get(identifier) === role ? 'SENDER' : 'RECEIVER'
}

/** 2.1.1 has addresses of one role, and so no interfaces. */
const withInterface: Finish = (done, { identifier }, { known: { role: of }, note }) => {
  if (of === undefined) note('missing', 'whose endpoints they are, is not known', '/role')
  else if (identifier !== 'credentials' && !senders.has(identifier))
    note('filled', 'nothing says whether it sends', '/role')
  return { ...done, role: interfaceOf(identifier, of) }
}

const withoutInterface: Finish = (done, { identifier, role: of }, { known, note }) => {
  if (of !== interfaceOf(identifier, known.role)) note('noField', 'an endpoint has the role of its address', '/role')
  return done
}

const endpoint = shape(
  'Endpoint',
  {
    identifier: one(
      words('ModuleID', 'cdrs commands credentials locations sessions tariffs tokens', {
        open: true,
        since: { '2.2.1': 'chargingprofiles hubclientinfo', '2.3.0': 'invoicereconciliation' },
      }),
    ),
    role: one(words('InterfaceRole', 'SENDER RECEIVER'), { since: '2.2.1', moved: ['2.1.1'] }),
    url: one(url),
  } satisfies FieldsOf<Endpoint>,
  { down: { '2.1.1': withoutInterface }, up: { '2.1.1': withInterface } },
)

export const versionDetails = shape('VersionDetails', {
  version: one(versionNumber),
  endpoints: some(object(endpoint)),
} satisfies FieldsOf<VersionDetails>)

/** Whether a party can be reached through a hub. */
export const clientInfo = shape(
  'ClientInfo',
  {
    party_id: one(ciText(3)),
    country_code: one(ciText(2)),
    role: one(role),
    status: one(words('ConnectionStatus', 'CONNECTED OFFLINE PLANNED SUSPENDED')),
    last_updated: one(dateTime),
  } satisfies FieldsOf<ClientInfo>,
  { since: '2.2.1' },
)
