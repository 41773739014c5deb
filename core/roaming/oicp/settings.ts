/**
 * What a hub that speaks OICP 2.3 (Hubject) has to know of us beside our locations, and how it is reached. We are its CPO;
 * it stands between us and every EMP that has a contract with it (handbook/roaming.md §5).
 */
export interface OicpSettings {
  /** Beneath it stand the hub's services, `https://service.hubject.com/api/oicp`; without a slash at its end. */
  readonly baseUrl: string
  /** As the hub has given it to us, `DE*ABC`: the client certificate is of it, and our EVSEIDs begin with it. */
  readonly operatorId: string
  readonly operatorName: string
  /** Other operators whose EVSEs we may publish: the hub must know them as ours. */
  readonly subOperators: readonly string[]
  /** Where a driver calls whose location names no number of its own: `+49…`. */
  readonly hotline: string
  /** ISO 639-1: in which language our names are. */
  readonly language: string
  readonly accessibility: Accessibility
  readonly calibration: CalibrationLawDataAvailability
  /** With which we show who we are: PEM texts, sealed both. */
  readonly certificate: string
  readonly key: string
  /** Whom we believe that it is the hub, PEM; absent: whom the system trusts. */
  readonly authority?: string
  /** SHA-256 of the certificate with which the hub calls us, 64 hex digits. */
  readonly hubFingerprint?: string
  /** Sealed: what the hub shows instead, where TLS ends at somebody who passes no certificate on (test stands). */
  readonly secret?: string
}

export const accessibilities = [
  'Free publicly accessible',
  'Restricted access',
  'Paying publicly accessible',
  'Test Station',
] as const
export type Accessibility = (typeof accessibilities)[number]

export const calibrations = ['Local', 'External', 'Not Available'] as const
export type CalibrationLawDataAvailability = (typeof calibrations)[number]

/** What the mapping needs of them. */
export type OperatorFacts = Pick<
  OicpSettings,
  'operatorId' | 'operatorName' | 'subOperators' | 'hotline' | 'language' | 'accessibility' | 'calibration'
>
