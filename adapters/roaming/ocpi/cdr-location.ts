import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'

/** Where a partner is sent accounts. */
export const cdrsUrlOf = ({ endpoints }: Pick<RoamingPartner, 'endpoints'>): string | undefined =>
  endpoints.find(({ module, role }) => module === 'cdrs' && role === 'RECEIVER')?.url

/** Whether an address that a partner has named is on its own platform: nobody else is shown its token. */
export const isOfModule = (location: string, partner: Pick<RoamingPartner, 'endpoints'>): boolean => {
  const base = cdrsUrlOf(partner)
  return base !== undefined && URL.canParse(location) && new URL(location).origin === new URL(base).origin
}

export const isCdr = (data: unknown, id: string): boolean => {
  const [cdr] = Array.isArray(data) && data.length === 1 ? (data as readonly unknown[]) : [data]
  return typeof cdr === 'object' && cdr !== null && 'id' in cdr && String(cdr.id).toLowerCase() === id.toLowerCase()
}
