import { evcoKey } from '../../../core/domain/evco-id.ts'
import { type AgreementFault, fault } from '../../../core/settlement/agreement.ts'
import { roamingSubject } from '../../../core/settlement/roaming-price.ts'
import type { RoamingPrice } from '../../../core/settlement/terms.ts'
import type { Transaction } from '../connect.ts'
import { lookAgain } from '../retail-prices.ts'
import type { AgreementRules } from './agreement-rules.ts'

/** What drivers of ours pay for charging at partners. Whatever waits for a price is looked at again when one changes. */
export const roamingPriceRules: AgreementRules<RoamingPrice> = {
  kind: 'roaming',
  subject: roamingSubject,
  parties: () => [],
  // what was priced keeps its price, whatever becomes of this
  isSettled: false,
  fault: async (tx, tenant, price) =>
    (await partnerFault(tx, tenant, price)) ?? (await contractFault(tx, tenant, price)),
  changed: (tx, tenant, { at }) => lookAgain(tx, tenant, at),
}

const partnerFault = async (
  tx: Transaction,
  tenant: string,
  { partner }: RoamingPrice,
): Promise<AgreementFault | undefined> => {
  if (partner === undefined) return undefined
  const [row] = await tx`select 1 from roaming_partners where tenant = ${tenant} and key = lower(${partner})`
  return row === undefined ? fault('/partner', 'there is no such roaming partner') : undefined
}

const contractFault = async (
  tx: Transaction,
  tenant: string,
  { contract }: RoamingPrice,
): Promise<AgreementFault | undefined> => {
  if (contract === undefined) return undefined
  const [row] = await tx`select 1 from contracts
    where tenant = ${tenant} and (id = ${contract} or evco_key = ${evcoKey(contract) ?? null}::text) limit 1`
  return row === undefined ? fault('/contract', 'there is no such contract') : undefined
}
