/** Settings from the environment: one table, read once, every mistake told at once. A test holds the README to it. */

export interface Setting {
  readonly name: string
  readonly unit: string
  /** As the README shows it. */
  readonly default: string
  readonly about: string
}

export const settings: readonly Setting[] = [
  { name: 'SM_PORT', unit: 'port', default: '8080', about: 'charge points, API, console' },
  { name: 'SM_OPS_PORT', unit: 'port', default: 'SM_PORT + 1', about: 'metrics and readiness, on loopback only' },
  { name: 'SM_HOST', unit: 'address', default: '127.0.0.1', about: 'where to listen; 0.0.0.0 for everyone' },
  { name: 'SM_DATA', unit: 'directory', default: './data', about: 'embedded database, pepper, generated passwords' },
  {
    name: 'SM_WORKERS',
    unit: 'processes',
    default: '1',
    about: 'processes that share the port; more than 1 needs REDIS_URL',
  },
  { name: 'SM_ROLES', unit: 'list', default: 'sockets,api,jobs', about: 'what this process does' },
  {
    name: 'SM_API_KEY',
    unit: 'text',
    default: 'generated',
    about: 'first API key, at least 20 characters; generated and printed once where it is not set',
  },
  {
    name: 'SM_PEPPER',
    unit: 'hex',
    default: 'generated',
    about: '32 bytes mixed into every stored hash; the same on every host',
  },
  { name: 'SM_TLS_CERT', unit: 'file', default: 'none', about: 'certificate chain (PEM); with SM_TLS_KEY serves TLS' },
  { name: 'SM_TLS_KEY', unit: 'file', default: 'none', about: 'private key (PEM)' },
  {
    name: 'SM_TRUSTED_PROXIES',
    unit: 'list',
    default: 'none',
    about: 'addresses or CIDR ranges whose X-Forwarded-For and Client-Cert are believed',
  },
  {
    name: 'SM_ALLOWED_ORIGINS',
    unit: 'list',
    default: 'none',
    about: 'browser origins that may open charge point sockets',
  },
  {
    name: 'DATABASE_URL',
    unit: 'URL',
    default: 'embedded',
    about: 'PostgreSQL 15 or newer; its user may create roles',
  },
  { name: 'REDIS_URL', unit: 'URL', default: 'none', about: 'Redis 7 or newer, for more than one process' },
  { name: 'SM_LOG', unit: 'level', default: 'info', about: 'debug, info, warn or error' },
  { name: 'SM_LOG_FORMAT', unit: 'text', default: 'by terminal', about: 'pretty or json' },
  { name: 'SM_HEARTBEAT_S', unit: 's', default: '300', about: 'heartbeat interval told to stations' },
  {
    name: 'SM_PING_S',
    unit: 's',
    default: '60',
    about: 'a quiet socket is pinged; after one and a half of it, dropped',
  },
  { name: 'SM_CALL_TIMEOUT_S', unit: 's', default: '30', about: 'how long a station may take to answer' },
  { name: 'SM_MAX_MESSAGE_BYTES', unit: 'bytes', default: '65536', about: 'longest OCPP message' },
  {
    name: 'SM_FRAMES_PER_S',
    unit: '1/s',
    default: '20',
    about: 'messages per socket in the long run, billing aside; 0 = any',
  },
  { name: 'SM_DRAIN_S', unit: 's', default: '5', about: 'time in which sockets are closed at shutdown' },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', unit: 'URL', default: 'none', about: 'where traces go' },
]

export type Role = 'sockets' | 'api' | 'jobs'
const roles: readonly Role[] = ['sockets', 'api', 'jobs']

export interface Config {
  readonly port: number
  readonly opsPort: number
  readonly host: string
  readonly data: string
  readonly workers: number
  readonly roles: readonly Role[]
  readonly apiKey?: string
  readonly pepper?: string
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly trustedProxies: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly databaseUrl?: string
  readonly redisUrl?: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly logFormat?: 'pretty' | 'json'
  readonly heartbeatS: number
  readonly pingMs: number
  readonly callTimeoutMs: number
  readonly maxMessageBytes: number
  readonly framesPerS: number
  readonly drainMs: number
  readonly otlpEndpoint?: string
}

/** One line a mistake, each naming its setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads all settings. Throws `ConfigError` with every mistake found. */
export const readConfig = (env: Environment): Config => {
  const mistakes: string[] = []
  const text = (name: string): string | undefined =>
    env[name] === undefined || env[name] === '' ? undefined : env[name]
  const wrong = <Value>(name: string, what: string, fallback: Value): Value => {
    mistakes.push(`${name}: ${JSON.stringify(env[name])} is not ${what}`)
    return fallback
  }
  const number = (name: string, fallback: number, what: string, least: number, most: number): number => {
    const given = text(name)
    if (given === undefined) return fallback
    const value = Number(given)
    return Number.isInteger(value) && value >= least && value <= most
      ? value
      : wrong(name, `${what} (${least}–${most})`, fallback)
  }
  const word = <Word extends string>(name: string, words: readonly Word[]): Word | undefined => {
    const given = text(name)
    if (given === undefined) return undefined
    return words.find((w) => w === given) ?? wrong(name, `one of ${words.join(', ')}`, undefined)
  }
  const url = (name: string, protocols: readonly string[]): string | undefined => {
    const given = text(name)
    if (given === undefined) return undefined
    return URL.canParse(given) && protocols.includes(new URL(given).protocol)
      ? given
      : wrong(name, `a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`, undefined)
  }
  const list = (name: string): readonly string[] =>
    (text(name) ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')

  const port = number('SM_PORT', 8080, 'a port', 0, 65_535)
  const [cert, key] = [text('SM_TLS_CERT'), text('SM_TLS_KEY')]
  if ((cert === undefined) !== (key === undefined)) mistakes.push('SM_TLS_CERT and SM_TLS_KEY: set both or neither')
  const apiKey = text('SM_API_KEY')
  if (apiKey !== undefined && apiKey.length < 20) mistakes.push('SM_API_KEY: must have at least 20 characters')
  const pepper = text('SM_PEPPER')
  if (pepper !== undefined && !/^[0-9a-f]{64}$/i.test(pepper)) mistakes.push('SM_PEPPER: must be 64 hexadecimal digits')
  const wantedRoles = list('SM_ROLES')
  const unknownRole = wantedRoles.find((role) => role !== 'all' && !(roles as readonly string[]).includes(role))
  if (unknownRole !== undefined)
    mistakes.push(`SM_ROLES: ${JSON.stringify(unknownRole)} is not one of ${roles.join(', ')}`)
  const optional = {
    apiKey,
    pepper,
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    logFormat: word('SM_LOG_FORMAT', ['pretty', 'json']),
    otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
  }
  const config: Config = {
    port,
    opsPort: number('SM_OPS_PORT', port === 0 ? 0 : port + 1, 'a port', 0, 65_535),
    host: text('SM_HOST') ?? '127.0.0.1',
    data: text('SM_DATA') ?? './data',
    workers: number('SM_WORKERS', 1, 'a number of processes', 1, 512),
    roles:
      wantedRoles.length === 0 || wantedRoles.includes('all')
        ? roles
        : roles.filter((role) => wantedRoles.includes(role)),
    trustedProxies: list('SM_TRUSTED_PROXIES'),
    allowedOrigins: list('SM_ALLOWED_ORIGINS'),
    logLevel: word('SM_LOG', ['debug', 'info', 'warn', 'error']) ?? 'info',
    heartbeatS: number('SM_HEARTBEAT_S', 300, 'a number of seconds', 1, 86_400),
    pingMs: number('SM_PING_S', 60, 'a number of seconds', 1, 3_600) * 1_000,
    callTimeoutMs: number('SM_CALL_TIMEOUT_S', 30, 'a number of seconds', 1, 600) * 1_000,
    maxMessageBytes: number('SM_MAX_MESSAGE_BYTES', 65_536, 'a number of bytes', 1_024, 16_777_216),
    framesPerS: number('SM_FRAMES_PER_S', 20, 'a number of messages', 0, 100_000),
    drainMs: number('SM_DRAIN_S', 5, 'a number of seconds', 0, 3_600) * 1_000,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as object),
  }
  try {
    modeOf(config)
  } catch (error) {
    mistakes.push(String((error as Error).message))
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'))
  return config
}

export type Mode = 'embedded' | 'oneHost' | 'single' | 'cluster'

/** The five ways to run (DESIGN §2); every other combination is refused with its sentence. */
export const modeOf = ({
  databaseUrl,
  redisUrl,
  workers,
}: Pick<Config, 'databaseUrl' | 'redisUrl' | 'workers'>): Mode => {
  if (redisUrl === undefined && workers > 1) throw new ConfigError('SM_WORKERS > 1 needs REDIS_URL')
  if (databaseUrl === undefined) return redisUrl === undefined ? 'embedded' : 'oneHost'
  return redisUrl === undefined ? 'single' : 'cluster'
}
