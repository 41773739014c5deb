import type { Wish } from '../domain/campaign.ts'

/** What a person may wish of a campaign, and whether it makes sense now. Implementation: actors/campaigns.ts. */
export interface CampaignDesk {
  /** Undefined where there is no such campaign. */
  ask(ref: { readonly tenant: string; readonly id: string }, wish: Wish): Promise<Answered | undefined>
}

export type Answered = { readonly granted: true } | { readonly granted: false; readonly because: string }
