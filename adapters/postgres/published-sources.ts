import { cdrsSource } from './published-cdrs.ts'
import { locationsSource } from './published-locations.ts'
import { sessionsSource } from './published-sessions.ts'
import type { PublishedSource } from './published-source.ts'
import { tariffsSource } from './published-tariffs.ts'

/** Where the objects come from that partners find here, one a module; whoever names others comes after them. */
export const publishedSources: readonly PublishedSource[] = [tariffsSource, locationsSource, sessionsSource, cdrsSource]
