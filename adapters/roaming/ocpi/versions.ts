import {
  type Endpoint,
  type InterfaceRole,
  interfaceRoles,
  type OcpiVersion,
  ocpiVersions,
  type Side,
} from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import { isJson } from '../../../core/roaming/field.ts'
import { interfaceOf } from '../../../core/roaming/objects/credentials.ts'
import type { OcpiModule } from './module.ts'

/** The versions and version details of a platform, ours and theirs (OCPI 2.3.0 version_information_endpoint). */

/** What we speak; the oldest first. */
export const ourVersions: readonly OcpiVersion[] = ocpiVersions

export interface VersionAddress {
  readonly version: string
  readonly url: string
}

const most = 100

/** Undefined for what is no list of versions; entries that make no sense are left out of it. */
export const versionsFrom = (data: unknown): readonly VersionAddress[] | undefined => {
  if (!Array.isArray(data)) return undefined
  return data.slice(0, most).flatMap((entry: unknown) => {
    if (!isJson(entry)) return []
    const { version, url } = entry
    return typeof version === 'string' && typeof url === 'string' ? [{ version: clean(version, 10), url }] : []
  })
}

/**
 * Undefined for what are no details. Of two endpoints of the same module and side the first counts. `theirs`: in 2.1.1 an
 * endpoint has the side that its address has.
 */
export const endpointsFrom = (data: unknown, theirs?: Side): readonly Endpoint[] | undefined => {
  if (!isJson(data) || !Array.isArray(data['endpoints'])) return undefined
  const found = new Map<string, Endpoint>()
  for (const entry of data['endpoints'].slice(0, most) as readonly unknown[]) {
    const endpoint = endpointFrom(entry, theirs)
    if (endpoint === undefined) continue
    const key = `${endpoint.module} ${endpoint.role}`
    if (!found.has(key)) found.set(key, endpoint)
  }
  return [...found.values()]
}

const endpointFrom = (entry: unknown, theirs: Side | undefined): Endpoint | undefined => {
  if (!isJson(entry)) return undefined
  const { identifier, role, url } = entry
  if (typeof identifier !== 'string' || typeof url !== 'string' || url.length > 255) return undefined
  // of the credentials the side means nothing, and not everybody names one
  const side =
    identifier === 'credentials'
      ? 'SENDER'
      : (sideOf(role) ?? (theirs && interfaceOf(identifier.toLowerCase(), theirs)))
  return side && { module: clean(identifier, 64), role: side, url: clean(url) }
}

const sideOf = (role: unknown): InterfaceRole | undefined =>
  interfaceRoles.find((known) => typeof role === 'string' && known === role.toUpperCase())

export const isOcpiVersion = (text: string): text is OcpiVersion => ocpiVersions.includes(text as OcpiVersion)

/** Our own, beneath the address of a tenant; 2.1.1 beneath that of a side. */
export const versionList = (base: string, side: Side): readonly VersionAddress[] =>
  ourVersions.map((version) => ({
    version,
    url: version === '2.1.1' ? `${sideBase(base, side)}/${version}` : `${base}/${version}`,
  }))

export const sideBase = (base: string, side: Side): string => `${base}/${side.toLowerCase()}`

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

/** 2.1.1 names no sides: all that is here is of the side of its address. */
export const olderDetails = (base: string, modules: readonly Pick<Endpoint, 'module'>[]): unknown => ({
  version: '2.1.1',
  endpoints: ['credentials', ...modules.map(({ module }) => module)].map((identifier) => ({
    identifier,
    url: `${base}/2.1.1/${identifier}`,
  })),
})

const older: readonly string[] = ['cdrs', 'commands', 'locations', 'sessions', 'tariffs', 'tokens']

/** Those that 2.1.1 has, of one side of ours. */
export const olderModules = <Of extends Pick<OcpiModule, 'module' | 'as'>>(
  modules: readonly Of[],
  side: Side,
): readonly Of[] => modules.filter(({ module, as }) => as === side && older.includes(module))
