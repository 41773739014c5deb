import type { SetNetworkProfileResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { MirrorChange } from '../../domain/mirror.ts'
import type { NetworkProfile } from '../../domain/network-profile.ts'
import { accepted, type Action, failed, order, rejected, type Told, two, type Wording } from '../dialect.ts'
import { type Protocol2, versionOf } from '../version.ts'

/** OCPP20 means 2.0.1 in the version that knows no other (TC_A_19). */
const versions: Readonly<Record<Protocol2, Readonly<Record<string, string>>>> = {
  'ocpp2.0.1': { '1.6': 'OCPP16', '2.0.1': 'OCPP20' },
  'ocpp2.1': { '1.6': 'OCPP16', '2.0.1': 'OCPP201', '2.1': 'OCPP21' },
}

const apnOf = ({ apn }: NetworkProfile): object =>
  apn === undefined
    ? {}
    : {
        apn: {
          apn: apn.name,
          ...(apn.user !== undefined && { apnUserName: apn.user }),
          ...(apn.password !== undefined && { apnPassword: apn.password }),
          ...(apn.simPin !== undefined && { simPin: apn.simPin }),
          ...(apn.preferredNetwork !== undefined && { preferredNetwork: apn.preferredNetwork }),
          ...(apn.onlyPreferredNetwork !== undefined && { useOnlyPreferredNetwork: apn.onlyPreferredNetwork }),
          apnAuthentication: apn.authentication,
        },
      }

const saying = (profile: NetworkProfile, protocol: Protocol2): Wording => {
  const { slot, url, securityProfile, timeoutS, version, identity, password, vpn } = profile
  const spoken = version ?? (protocol === 'ocpp2.1' ? undefined : '2.0.1')
  const ocppVersion = spoken === undefined ? undefined : versions[protocol][spoken]
  if (spoken !== undefined && ocppVersion === undefined)
    return { unsupported: `OCPP ${versionOf(protocol)} cannot say OCPP ${spoken}` }
  if (protocol === 'ocpp2.0.1' && (identity !== undefined || password !== undefined))
    return { unsupported: 'an identity and its password are part of a profile from OCPP 2.1 on' }
  return {
    payload: {
      configurationSlot: slot,
      connectionData: {
        ...(ocppVersion !== undefined && { ocppVersion }),
        ocppTransport: 'JSON',
        ocppCsmsUrl: url,
        messageTimeout: timeoutS,
        securityProfile,
        ocppInterface: profile.interface,
        ...(identity !== undefined && { identity }),
        ...(password !== undefined && { basicAuthPassword: password }),
        ...apnOf(profile),
        ...(vpn !== undefined && { vpn: { ...vpn } }),
      },
    },
  }
}

/** What is kept of it: nothing that opens anything. */
const kept = (profile: NetworkProfile): readonly MirrorChange[] => {
  const { slot, url, securityProfile, timeoutS, version, identity, apn, vpn } = profile
  const body = {
    slot,
    url,
    securityProfile,
    timeoutS,
    interface: profile.interface,
    ...(version !== undefined && { version }),
    ...(identity !== undefined && { identity }),
    ...(apn !== undefined && { apn: apn.name }),
    ...(vpn !== undefined && { vpn: vpn.server }),
  }
  return [{ type: 'items.put', kind: 'networkProfile', items: [{ key: String(slot), body }] }]
}

const heard = ({ status }: SetNetworkProfileResponse, profile: NetworkProfile): Told =>
  status === 'Accepted' ? accepted(undefined, kept(profile)) : status === 'Failed' ? failed(status) : rejected(status)

/**
 * SetNetworkProfile — how the station reaches a system, in one of its slots. 2.0.1 part 2 B09. It is used once its slot comes
 * first in OCPPCommCtrlr.NetworkConfigurationPriority, from the next boot on (B10, A05); moveStation does all of it.
 */
export const SetNetworkProfile: Action = two(
  (protocol) =>
    order('setNetworkProfile', {
      action: 'SetNetworkProfile',
      tell: (profile) => saying(profile, protocol),
      told: (response: SetNetworkProfileResponse, profile) => heard(response, profile),
    }),
  (protocol) =>
    order('moveStation', {
      action: 'SetNetworkProfile',
      tell: (profile, { stage = 0 }) => (stage === 0 ? saying(profile, protocol) : { otherwise: true }),
      told: (response: SetNetworkProfileResponse, profile, { slots }) => {
        const outcome = heard(response, profile)
        const known = { ...slots, [profile.slot]: profile.securityProfile }
        return outcome.accepted
          ? { ...outcome, note: 'it has the profile', again: { stage: 1, slots: known } }
          : outcome
      },
    }),
)
