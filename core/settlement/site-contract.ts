import { millionths } from '../domain/decimal.ts'
import type { PartyRole } from '../domain/party.ts'
import { holderFault, isOverlap } from '../domain/tenure.ts'
import { type AgreementFault, commonFaults, fault } from './agreement.ts'
import { hundred } from './money.ts'
import type { ResaleContract, SiteContract } from './terms.ts'

/** What is wrong with a contract with a site's owner, by itself. One that gives nothing is one: it says that nothing is owed. */
export const siteContractFaults = (contract: SiteContract): readonly AgreementFault[] => commonFaults(contract)

/** Why a party cannot be the owner, or nothing. */
export const ownerFault = (role: PartyRole | undefined): AgreementFault | undefined => {
  if (role === undefined) return fault('/owner', 'there is no such party')
  const detail = holderFault('owner', role)
  return detail === undefined ? undefined : fault('/owner', detail)
}

type Sharing = Pick<SiteContract | ResaleContract, 'id' | 'from' | 'until' | 'sharePercent'>

/** Why the shares of an owner and of a reseller cannot both be, or nothing: on no day are they more than there is. */
export const sharesFault = (contract: Sharing, others: readonly Sharing[]): AgreementFault | undefined => {
  const own = millionths(contract.sharePercent ?? '0')
  const other = others.find((one) => isOverlap(one, contract) && own + millionths(one.sharePercent ?? '0') > hundred)
  if (other === undefined) return undefined
  return fault(
    '/sharePercent',
    `${contract.sharePercent ?? '0'} per cent and the ${other.sharePercent ?? '0'} per cent of ${other.id} are more than 100`,
  )
}
