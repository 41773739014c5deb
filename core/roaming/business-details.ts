import type { Party } from '../domain/party.ts'
import type { BusinessDetails } from './model.ts'

/** A party as drivers are shown it. */
export const businessDetailsOf = ({ name, website }: Pick<Party, 'name' | 'website'>): BusinessDetails => ({
  name,
  ...(website !== undefined && { website }),
})
