import {
  type Check,
  type CheckStep,
  commonVersion,
  type Endpoint,
  missingEndpoints,
  type OcpiVersion,
  type PartnerRole,
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
}

/**
 * Looks at what a platform offers: its versions, then the details of the one that is spoken. The same for whoever begins
 * and for whoever is called, each time anew (OCPI 2.3.0 credentials, "Registration").
 */
export const survey = async (
  parts: Pick<OcpiParts, 'reach' | 'namedHosts' | 'ids' | 'log'>,
  peer: Peer,
  { versionsUrl, ourRoles, version }: Terms,
  note: Note,
): Promise<Surveyed | Misfit> => {
  const misfit = async (step: CheckStep, code: number, reason: string): Promise<Misfit> => {
    await note(step, false, reason)
    return { code, reason }
  }
  const listed = await ask(parts, peer, { method: 'GET', url: versionsUrl })
  if ('fault' in listed) return misfit('versions', codes.unusable, `versions: ${listed.fault}`)
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

  const detailed = await ask(parts, peer, { method: 'GET', url: details.url })
  if ('fault' in detailed) return misfit('details', codes.unusable, `details of ${common}: ${detailed.fault}`)
  const endpoints = endpointsFrom(objectIn(detailed.data, peer))
  if (endpoints === undefined) return misfit('details', codes.unusable, `details of ${common}: they name no endpoints`)
  await note('details', true, endpoints.map(({ module, role }) => `${module} (${role})`).join(', '))

  const missing = missingEndpoints(ourRoles, endpoints, peer.quirks)
  if (missing.length > 0) return misfit('endpoints', codes.endpointsMissing, `it lacks ${missing.join(', ')}`)
  await note('endpoints', true, 'all that we need')
  const credentials = endpoints.find(({ module }) => module === 'credentials')?.url ?? ''
  return { version: common, credentials, endpoints }
}

const longestDetail = 500

/** A check in the place of an earlier one of its step; what stood behind that is of an older handshake. */
export const withCheck = (checks: readonly Check[], check: Check): readonly Check[] => [
  ...checks.filter(({ step }) => step !== check.step),
  { ...check, detail: clean(check.detail, longestDetail) },
]
