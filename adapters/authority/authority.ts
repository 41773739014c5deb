import { sameCertificate } from '../../core/domain/certificate.ts'
import type { Authority, AuthorityStore, Root, Wanted } from '../../core/ports/authority.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Sealer } from '../../core/ports/sealer.ts'
import { certificatesOf, describe, isEqual } from './certificate.ts'
import { isSignedBy, timeFault } from './chain.ts'
import { checkContract } from './contract.ts'
import { checkFirmware } from './firmware.ts'
import { hashData } from './hash-data.ts'
import { issue, newRoot } from './issue.ts'
import { pemOf } from './pem.ts'
import { publicKeyOfRequest } from './request.ts'
import { type Signer, signerOf } from './signer.ts'

export interface AuthorityParts {
  readonly store: AuthorityStore
  readonly sealer: Sealer
  readonly clock: Clock
  /** PEM texts of one authority for all tenants; its certificate first, then those up to the root. */
  readonly given?: { readonly certificate: string; readonly privateKey: string }
  /** The same for what stations show to vehicles; absent = whoever signs the rest. */
  readonly givenV2g?: { readonly certificate: string; readonly privateKey: string }
}

/**
 * A certificate authority on @peculiar/x509: the one it is given, or one of its own for each tenant. Rejects where the
 * given texts do not belong together.
 */
export const createAuthority = async (parts: AuthorityParts): Promise<Authority> => {
  const { store, sealer, clock, given, givenV2g } = parts
  const ofSettings = given && (await signerOf(given.certificate, given.privateKey))
  const forVehicles = givenV2g && (await signerOf(givenV2g.certificate, givenV2g.privateKey))
  const own = new Map<string, Promise<Signer>>()

  const load = async (tenant: string): Promise<Signer> => {
    const kept = (await store.find(tenant)) ?? (await make(tenant))
    let privateKey: string
    try {
      privateKey = sealer.open(kept.sealedKey)
    } catch (cause) {
      throw new Error('the authority of this tenant was sealed with another pepper than this installation has', {
        cause,
      })
    }
    return signerOf(kept.certificate, privateKey)
  }
  const make = async (tenant: string): ReturnType<AuthorityStore['keep']> => {
    const { certificate, privateKey } = await newRoot(tenant, clock.now())
    return store.keep(tenant, { certificate, sealedKey: sealer.seal(privateKey) })
  }
  const signerFor = (tenant: string): Promise<Signer> => {
    const known = own.get(tenant)
    if (known !== undefined) return known
    const loading = load(tenant)
    own.set(tenant, loading)
    // whoever asks next tries again
    loading.catch(() => own.delete(tenant))
    return loading
  }

  const signerOfUse = async ({ tenant, use = 'station' }: Pick<Wanted, 'tenant' | 'use'>): Promise<Signer> =>
    (use === 'v2g' || use === 'v2g20' ? forVehicles : undefined) ?? ofSettings ?? (await signerFor(tenant))

  return {
    async root(tenant): Promise<Root> {
      const { certificates } = ofSettings ?? (await signerFor(tenant))
      const root = certificates.at(-1) ?? certificates[0]
      const source = ofSettings === undefined ? 'own' : 'settings'
      return { ...describe(root), certificate: pemOf(root.der, 'CERTIFICATE'), source }
    },

    async sign(csr, wanted) {
      const publicKey = await publicKeyOfRequest(csr, wanted)
      if ('refused' in publicKey) return publicKey
      const signer = await signerOfUse(wanted)
      const fault = timeFault(signer.certificates[0], clock.now())
      if (fault !== undefined) return { refused: `cannot be signed: the authority ${fault}` }
      return issue(signer, publicKey, wanted, clock.now())
    },

    async isUnder(root, of) {
      const { certificates } = await signerOfUse(of)
      return certificates.some((_, place) => {
        const hash = hashData(certificates.slice(place), root.hashAlgorithm)
        return hash !== undefined && sameCertificate(hash, root)
      })
    },

    async examine(csr, wanted) {
      const publicKey = await publicKeyOfRequest(csr, wanted)
      return 'refused' in publicKey ? publicKey : undefined
    },
    async describe(pem) {
      const [first] = await certificatesOf(pem)
      return first && describe(first)
    },

    hashDataOf: async (chain, algorithm) => hashData(await certificatesOf(chain), algorithm),

    async isSuccessor(root, of) {
      const [[next], [old]] = [await certificatesOf(root), await certificatesOf(of)]
      if (next === undefined || old === undefined || isEqual(next.der, old.der)) return false
      return describe(next).isCa && timeFault(next, clock.now()) === undefined && isSignedBy(next, old)
    },

    verifyFirmware: (firmware) => checkFirmware(firmware, clock.now()),

    checkContract: (contract) => checkContract(contract, clock.now()),
  }
}
