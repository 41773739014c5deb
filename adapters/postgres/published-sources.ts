import { publishedLocations } from './published-locations.ts'
import type { PublishedSource } from './published-source.ts'
import { publishedTariffs } from './published-tariffs.ts'

/** Where the objects come from that partners find here, one a module. */
export const publishedSources: readonly PublishedSource[] = [publishedTariffs, publishedLocations]
