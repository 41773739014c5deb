import type { CertificateDescription } from '../domain/certificate.ts'
import type { Page, PageRequest } from './store.ts'

/** Whose root it is: of mobility operators (contracts), of the charging infrastructure, or of car makers (ISO 15118). */
export const anchorUses = ['mo', 'v2g', 'oem'] as const
export type AnchorUse = (typeof anchorUses)[number]

/** A root that an operator has said is to be trusted in Plug & Charge. */
export interface TrustAnchor extends Pick<
  CertificateDescription,
  'subject' | 'serial' | 'fingerprint' | 'notBefore' | 'notAfter'
> {
  readonly tenant: string
  readonly name: string
  readonly use: AnchorUse
  /** PEM. */
  readonly certificate: string
}

/** The roots of each tenant, by names of its own. */
export interface TrustAnchorStore {
  /** Answers whether it is new. */
  put(anchor: TrustAnchor, at: number): Promise<boolean>
  find(tenant: string, name: string): Promise<TrustAnchor | undefined>
  /** By their names. */
  list(tenant: string, page: PageRequest): Promise<Page<TrustAnchor>>
  /** PEM texts of all that are for this use. */
  of(tenant: string, use: AnchorUse): Promise<readonly string[]>
  remove(tenant: string, name: string): Promise<boolean>
}
