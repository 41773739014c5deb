import type { Preset, Setting } from './setting.ts'
import { type Role, table } from './settings.ts'

/** Settings from the environment: one table, read once, every mistake told at once. A test holds the README to it. */

/** All settings, in the README's order. */
export const settings: readonly Setting[] = Object.values(table)

type Field = keyof typeof table
type Values = {
  readonly [F in Field]: (typeof table)[F] extends Preset<infer V>
    ? V
    : (typeof table)[F] extends Setting<infer V>
      ? V | undefined
      : never
}

/** Durations end in their unit: `…Ms`, `…S`. Absent = not set, and there is no default. */
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
  /** Who signs certificates of charge points: files. Absent = one of our own for each tenant. */
  readonly ca?: { readonly cert: string; readonly key: string }
  /** Who signs what they show to vehicles: files. Absent = whoever signs the rest. */
  readonly v2gCa?: { readonly cert: string; readonly key: string }
  /** In lower case. */
  readonly ocspHosts: readonly string[]
  readonly erpHosts: readonly string[]
  readonly erpFolder?: string
  /** Hosts of roaming partners that may stand in our own network, and speak in the clear. In lower case. */
  readonly roamingHosts: readonly string[]
  /** Hosts of SIM providers that need not be on the internet, in lower case. */
  readonly simHosts: readonly string[]
  readonly contractPoolUrl?: string
  readonly contractPoolToken?: string
  readonly mostExi: number
  readonly publicUrl?: string
  readonly trustedProxies: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly unknownIdentity: '404' | '401'
  readonly unknownProtocol: '400' | '101-close'
  readonly databaseUrl?: string
  /** One server, or nodes of a Redis Cluster. */
  readonly redisUrl?: readonly string[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly logFormat?: 'pretty' | 'json'
  readonly heartbeatS: number
  readonly pingMs: number
  readonly callTimeoutMs: number
  readonly maxMessageBytes: number
  readonly framesPerS: number
  readonly traceMb: number
  readonly abortModels: readonly string[]
  readonly keepEventsDays: number
  readonly keepFilesDays: number
  readonly maxFileBytes: number
  readonly keepFramesDays: number
  readonly drainMs: number
  /** Who is asked about VAT numbers, and where receipts are: addresses with `{number}` and `{receipt}` in them. */
  readonly vatUrl?: string
  readonly receiptUrl?: string
  /** IANA name; of what stands on no site. */
  readonly timeZone: string
  readonly otlpEndpoint?: string
  /** In memory for measurements only. */
  readonly journal: 'postgres' | 'memory'
}

/** One line a mistake, each naming its setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** As `process.env`. An empty text counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads all settings. Throws `ConfigError` with every mistake found. */
export const readConfig = (env: Environment): Config => {
  const mistakes: string[] = []
  const value = ({ name, is, parse, secret, ...setting }: Setting): unknown => {
    const set = env[name] !== undefined && env[name] !== ''
    if (!set) return 'preset' in setting ? parse(setting.default) : undefined
    const given = env[name] ?? ''
    const parsed = parse(given)
    if (parsed === undefined) mistakes.push(`${name}: ${secret ? 'the value' : JSON.stringify(given)} is not ${is}`)
    return parsed
  }
  // the fields and their types are the table's own; Object.entries forgets both
  const values = Object.fromEntries(Object.entries(table).map(([field, setting]) => [field, value(setting)])) as Values
  const { tlsCert: cert, tlsKey: key, caCert, caKey, v2gCaCert, v2gCaKey, ...rest } = values
  if ((cert === undefined) !== (key === undefined)) mistakes.push('SM_TLS_CERT and SM_TLS_KEY: set both or neither')
  if ((caCert === undefined) !== (caKey === undefined)) mistakes.push('SM_CA_CERT and SM_CA_KEY: set both or neither')
  if ((v2gCaCert === undefined) !== (v2gCaKey === undefined))
    mistakes.push('SM_V2G_CA_CERT and SM_V2G_CA_KEY: set both or neither')
  const opsPort = rest.opsPort ?? (rest.port === 0 ? 0 : rest.port + 1)
  if (opsPort > 65_535) mistakes.push('SM_OPS_PORT: SM_PORT + 1 is not a port; set SM_OPS_PORT')
  if (opsPort !== 0 && opsPort === rest.port) mistakes.push('SM_OPS_PORT: must be another port than SM_PORT')
  const complete = {
    ...rest,
    opsPort,
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    ca: caCert !== undefined && caKey !== undefined ? { cert: caCert, key: caKey } : undefined,
    v2gCa: v2gCaCert !== undefined && v2gCaKey !== undefined ? { cert: v2gCaCert, key: v2gCaKey } : undefined,
    ocspHosts: (rest.ocspHosts ?? []).map((host) => host.toLowerCase()),
    erpHosts: (rest.erpHosts ?? []).map((host) => host.toLowerCase()),
    roamingHosts: (rest.roamingHosts ?? []).map((host) => host.toLowerCase()),
    simHosts: (rest.simHosts ?? []).map((host) => host.toLowerCase()),
    trustedProxies: rest.trustedProxies ?? [],
    allowedOrigins: rest.allowedOrigins ?? [],
    abortModels: (rest.abortModels ?? []).map((model) => model.toLowerCase()),
  }
  try {
    // a REDIS_URL that is set but wrong has its line already, and is not missing
    modeOf({ ...complete, redisUrl: env['REDIS_URL'] === '' ? undefined : env['REDIS_URL']?.split(',') })
  } catch (error) {
    mistakes.push(String((error as Error).message))
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'))
  return Object.fromEntries(Object.entries(complete).filter(([, set]) => set !== undefined)) as unknown as Config
}

/** How it runs: which parts are our own, and whether there may be several processes. */
/** A demo brings a key of its own, which ends with the day and is not the operator's first. */
export const demoKeyPrefix = 'sm_demo_'

export type Mode = 'embedded' | 'oneHost' | 'single' | 'cluster'

/** The settings that decide the mode. */
interface ModeSettings {
  readonly databaseUrl?: string | undefined
  readonly redisUrl?: readonly string[] | undefined
  readonly workers: number
}

/** The ways to run (DESIGN §2). Throws `ConfigError` with the sentence that refuses every other combination. */
export const modeOf = ({ databaseUrl, redisUrl, workers }: ModeSettings): Mode => {
  if (redisUrl === undefined && workers > 1) throw new ConfigError('SM_WORKERS > 1 needs REDIS_URL')
  if (databaseUrl === undefined) return redisUrl === undefined ? 'embedded' : 'oneHost'
  return redisUrl === undefined ? 'single' : 'cluster'
}
