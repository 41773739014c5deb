/** What of the API a route belongs to. */
export const areas = [
  'chargePoints',
  'commands',
  'campaigns',
  'sessions',
  'cdrs',
  'documents',
  'books',
  'tokens',
  'contracts',
  'tariffs',
  'market',
  'roaming',
  'settlement',
  'resellers',
  'sims',
  'certificates',
  'files',
  'traces',
  'events',
  'security',
  'audit',
  'imports',
  'tenant',
  'apiKeys',
] as const
export type Area = (typeof areas)[number]

/** What a route does there: it looks, it changes what is written down, or it makes something happen outside. */
export const acts = ['read', 'write', 'operate'] as const
export type Act = (typeof acts)[number]

/** What a key must be allowed to call a route: `sessions.read`. Every route names one (adapters/http/route.ts). */
export type Permission = `${Area}.${Act}`
