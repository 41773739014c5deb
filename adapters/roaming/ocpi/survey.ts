import {
  type Check,
  type CheckStep,
  commonVersion,
  type Endpoint,
  missingEndpoints,
  otherSide,
  type OcpiVersion,
  type PartnerRole,
  type Side,
  sideFor,
} from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import { ask, objectIn, type Peer } from './client.ts'
import { codes } from './envelope.ts'
import type { OcpiParts } from './parts.ts'
import { endpointsFrom, ourVersions, versionsFrom } from './versions.ts'

/** Keeps what was looked at, for whoever wants to see how far it has come. */
export type Note = (step: CheckStep, passed: boolean, detail: string) => Promise<void>

export interface Surveyed {
  readonly version: OcpiVersion
  /** Of its credentials. */
  readonly credentials: string
  readonly endpoints: readonly Endpoint[]
  /** As what we speak with it, where a version has one side only (2.1.1). */
  readonly side?: Side
}

/** Why nobody can be registered with it: as OCPI counts it, and for people. */
export interface Misfit {
  readonly code: number
  readonly reason: string
}

interface Terms {
  readonly versionsUrl: string
  readonly ourRoles: readonly PartnerRole[]
  /** The version that has to be spoken; absent = the highest that both do. */
  readonly version?: OcpiVersion
  /** The side of ours that it has come to. */
  readonly side?: Side
}

/**
 * Looks at what a platform offers: its versions, then the details of the one that is spoken. The same for whoever begins
 * and for whoever is called, each time anew (OCPI 2.3.0 credentials, "Registration").
 */
export const survey = async (
  parts: Pick<OcpiParts, 'reach' | 'namedHosts' | 'ids' | 'log'>,
  peer: Peer,
  { versionsUrl, ourRoles, version, ...terms }: Terms,
  note: Note,
): Promise<Surveyed | Misfit> => {
  const misfit = async (step: CheckStep, code: number, reason: string): Promise<Misfit> => {
    await note(step, false, reason)
    return { code, reason }
  }
  const first = { ...peer, ...(version !== undefined && { version }) }
  const listed = await ask(parts, first, { method: 'GET', url: versionsUrl })
  if ('fault' in listed) {
    const hint = listed.status === 401 ? '; if it speaks 2.1.1, it wants its token raw: say so in its quirks' : ''
    return misfit('versions', codes.unusable, `versions: ${listed.fault}${hint}`)
  }
  const versions = versionsFrom(listed.data)
  if (versions === undefined) return misfit('versions', codes.unusable, 'versions: it is no list')
  await note('versions', true, versions.map((one) => one.version).join(', '))

  const offered = versions.map((one) => one.version)
  const common = commonVersion(ourVersions, offered, version ?? peer.quirks.version)
  const details = versions.find((one) => one.version === common)
  if (common === undefined || details === undefined) {
    const ours = (version === undefined ? ourVersions : [version]).join(', ')
    return misfit('version', codes.noCommonVersion, `no common version: we speak ${ours}`)
  }
  await note('version', true, common)

  const detailed = await ask(parts, { ...peer, version: common }, { method: 'GET', url: details.url })
  if ('fault' in detailed) return misfit('details', codes.unusable, `details of ${common}: ${detailed.fault}`)
  const data = objectIn(detailed.data, peer)
  const side = common === '2.1.1' ? (terms.side ?? sideBy(ourRoles, peer, data)) : undefined
  const endpoints = endpointsFrom(data, side && otherSide(side))
  if (endpoints === undefined) return misfit('details', codes.unusable, `details of ${common}: they name no endpoints`)
  await note('details', true, endpoints.map(({ module, role }) => `${module} (${role})`).join(', '))

  const missing = missingEndpoints(side === undefined ? ourRoles : [{ role: side }], endpoints, peer.quirks)
  if (missing.length > 0) return misfit('endpoints', codes.endpointsMissing, `it lacks ${missing.join(', ')}`)
  await note('endpoints', true, 'all that we need')
  const credentials = endpoints.find(({ module }) => module === 'credentials')?.url ?? ''
  return { version: common, credentials, endpoints, ...(side !== undefined && { side }) }
}

/** Where we may be either, what a platform has says what it is: only operators of stations take commands. */
const sideBy = (ourRoles: readonly PartnerRole[], { quirks, roles }: Peer, details: unknown): Side =>
  sideFor(ourRoles, { quirks, roles: roles ?? [] }) ??
  (endpointsFrom(details, 'CPO')?.some(({ module }) => module === 'commands') === true ? 'EMSP' : 'CPO')

const longestDetail = 500

/** A check in the place of an earlier one of its step; what stood behind that is of an older handshake. */
export const withCheck = (checks: readonly Check[], check: Check): readonly Check[] => [
  ...checks.filter(({ step }) => step !== check.step),
  { ...check, detail: clean(check.detail, longestDetail) },
]
