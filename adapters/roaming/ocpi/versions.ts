import {
  type Endpoint,
  type InterfaceRole,
  interfaceRoles,
  type OcpiVersion,
  ocpiVersions,
} from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'

/** The versions and version details of a platform, ours and theirs (OCPI 2.3.0 version_information_endpoint). */

/** What we speak; the oldest first. */
export const ourVersions: readonly OcpiVersion[] = ['2.2.1', '2.3.0']

export interface VersionAddress {
  readonly version: string
  readonly url: string
}

const most = 100

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Undefined for what is no list of versions; entries that make no sense are left out of it. */
export const versionsFrom = (data: unknown): readonly VersionAddress[] | undefined => {
  if (!Array.isArray(data)) return undefined
  return data.slice(0, most).flatMap((entry: unknown) => {
    if (!isObject(entry)) return []
    const { version, url } = entry
    return typeof version === 'string' && typeof url === 'string' ? [{ version: clean(version, 10), url }] : []
  })
}

/** Undefined for what are no details. Of two endpoints of the same module and side the first counts. */
export const endpointsFrom = (data: unknown): readonly Endpoint[] | undefined => {
  if (!isObject(data) || !Array.isArray(data['endpoints'])) return undefined
  const found = new Map<string, Endpoint>()
  for (const entry of data['endpoints'].slice(0, most) as readonly unknown[]) {
    const endpoint = endpointFrom(entry)
    if (endpoint === undefined) continue
    const key = `${endpoint.module} ${endpoint.role}`
    if (!found.has(key)) found.set(key, endpoint)
  }
  return [...found.values()]
}

const endpointFrom = (entry: unknown): Endpoint | undefined => {
  if (!isObject(entry)) return undefined
  const { identifier, role, url } = entry
  if (typeof identifier !== 'string' || typeof url !== 'string' || url.length > 255) return undefined
  // of the credentials the side means nothing, and not everybody names one
  const side = identifier === 'credentials' ? 'SENDER' : sideOf(role)
  return side && { module: clean(identifier, 64), role: side, url: clean(url) }
}

const sideOf = (role: unknown): InterfaceRole | undefined =>
  interfaceRoles.find((known) => typeof role === 'string' && known === role.toUpperCase())

export const isOcpiVersion = (text: string): text is OcpiVersion => ocpiVersions.includes(text as OcpiVersion)

/** Our own, beneath the address of a tenant. */
export const versionList = (base: string): readonly VersionAddress[] =>
  ourVersions.map((version) => ({ version, url: `${base}/${version}` }))

export const versionDetails = (
  base: string,
  version: OcpiVersion,
  modules: readonly Pick<Endpoint, 'module' | 'role'>[],
): unknown => ({
  version,
  endpoints: [
    { identifier: 'credentials', role: 'SENDER', url: `${base}/${version}/credentials` },
    ...modules.map(({ module, role }) => ({
      identifier: module,
      role,
      url: `${base}/${version}/${role.toLowerCase()}/${module}`,
    })),
  ],
})
