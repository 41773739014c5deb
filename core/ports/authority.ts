import type {
  CertificateDescription,
  CertificateHash,
  CertificateUse,
  CertificateVerdict,
  HashAlgorithm,
} from '../domain/certificate.ts'
import type { StatusEnquiry } from './certificate-status.ts'

/**
 * Signs the certificates of charge points (OCPP 1.6 security whitepaper §3, 2.0.1 part 2 A02), and reads certificates
 * whoever made them. It speaks no OCPP and remembers nothing of what it signed: that is CertificateStore's. Texts that
 * are no certificates are refused, never thrown. Implementation: adapters/authority.
 */
export interface Authority {
  /** What a tenant's stations are to trust and proxies to check them by; made at first use. */
  root(tenant: string): Promise<Root>
  /** Whether what is signed for this use leads to a root that OCPP names so. */
  isUnder(root: CertificateHash, of: { readonly tenant: string; readonly use: CertificateUse }): Promise<boolean>
  /** Signs a request (PKCS#10, PEM) that shows the right name, the right organisation and a key that is strong enough (BI-48). */
  sign(csr: string, wanted: Wanted): Promise<Signed | Refused>
  /** Whether it would sign: looks at the request, and signs nothing. */
  examine(csr: string, wanted: Omit<Wanted, 'lifetimeDays'>): Promise<Refused | undefined>
  /** The first certificate of a PEM text, or nothing where there is none. */
  describe(pem: string): Promise<CertificateDescription | undefined>
  /** How OCPP names the first certificate of a PEM text. Its issuer must be the second, unless it has signed itself. */
  hashDataOf(chain: string, algorithm: HashAlgorithm): Promise<CertificateHash | undefined>
  /** Whether a new root is an authority's that the old one has signed: what AdditionalRootCertificateCheck asks for. */
  isSuccessor(root: string, of: string): Promise<boolean>
  /** Checks a firmware as its station will, before it is told to fetch it (A00.FR.706, L01.FR.11). */
  verifyFirmware(firmware: SignedFirmware): Promise<Verified | Refused>
  /** Checks a contract certificate as far as it can be without asking anybody (ISO 15118-2 annex F). */
  checkContract(contract: Contract): Promise<ContractChain>
}

export interface Root extends CertificateDescription {
  /** PEM. */
  readonly certificate: string
  /** Made here and kept in the database, or given by the settings. */
  readonly source: 'own' | 'settings'
}

export interface Wanted {
  readonly tenant: string
  /** The station's serial number or its identity: the request must show exactly this (A00.FR.405). */
  readonly commonName: string
  /** What it is for; absent = to show itself to us. */
  readonly use?: CertificateUse
  /** The CPO's name as its stations have it (CpoName, OrganizationName). Absent = whatever the request says; it is not certified. */
  readonly organisation?: string
  readonly lifetimeDays: number
}

export interface Signed {
  /** PEM: the station's certificate, then those of authorities between it and the root. */
  readonly chain: string
  readonly serial: string
  readonly fingerprint: string
  readonly notBefore: number
  /** Never after the end of the authority itself. */
  readonly notAfter: number
}

/** Ends a sentence such as "the request …". */
export interface Refused {
  readonly refused: string
}

export interface SignedFirmware {
  /** Read once, from its first byte to its last. */
  readonly content: AsyncIterable<Uint8Array>
  /** Base64: RSA-PSS or ECDSA (in DER) over SHA-256. */
  readonly signature: string
  /** PEM: the one it was signed with first, then those between it and a root. */
  readonly signingCertificate: string
  /** PEM texts of what is trusted: manufacturers' roots, or the signing certificate itself. */
  readonly roots: readonly string[]
}

export interface Verified {
  readonly verified: true
}

export interface Contract {
  /** PEM: the vehicle's certificate first, then those between it and a root. */
  readonly chain: string
  /** The contract that it must be of. */
  readonly emaid: string
  /** PEM texts of mobility operators' roots. */
  readonly roots: readonly string[]
}

export type ContractChain =
  | { readonly verdict: Exclude<CertificateVerdict, 'Accepted'> }
  /** `enquiries`: whom to ask whether its certificates still count. */
  | { readonly verdict: 'Accepted'; readonly enquiries: readonly StatusEnquiry[] }

/** What an authority of our own is made of. */
export interface KeptAuthority {
  /** PEM. */
  readonly certificate: string
  /** Its private key (PKCS#8, PEM), sealed. */
  readonly sealedKey: string
}

/** Where they are kept, one a tenant, so that every process signs with the same. */
export interface AuthorityStore {
  find(tenant: string): Promise<KeptAuthority | undefined>
  /** Keeps it unless there is one already; answers the one that is kept. */
  keep(tenant: string, made: KeptAuthority): Promise<KeptAuthority>
}
