import { cdrsSource } from './published-cdrs.ts'
import { sessionsSource } from './published-sessions.ts'
import type { PublishedSource } from './published-source.ts'

/** Where the objects come from that partners find here, one a module. */
export const publishedSources: readonly PublishedSource[] = [sessionsSource, cdrsSource]
