import type { PublishedSource } from './published-source.ts'
import { publishedTokens } from './published-tokens.ts'

/** Where the objects come from that partners find here, one a module. */
export const publishedSources: readonly PublishedSource[] = [publishedTokens]
