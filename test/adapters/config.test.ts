import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { ConfigError, type Environment, modeOf, readConfig, settings } from '../../adapters/config.ts'
import { publicUrlOf } from '../../adapters/public-url.ts'

const mistakes = (env: Environment): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
}

describe('the settings', () => {
  it('have the defaults that the table shows', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      opsPort: 8081,
      host: '127.0.0.1',
      data: './data',
      workers: 1,
      roles: ['sockets', 'api', 'jobs'],
      ocspHosts: [],
      erpHosts: [],
      roamingHosts: [],
      simHosts: [],
      mostExi: 5_600,
      trustedProxies: [],
      allowedOrigins: [],
      abortModels: [],
      unknownIdentity: '404',
      unknownProtocol: '400',
      logLevel: 'info',
      heartbeatS: 300,
      pingMs: 60_000,
      callTimeoutMs: 30_000,
      maxMessageBytes: 65_536,
      framesPerS: 20,
      traceMb: 64,
      keepEventsDays: 30,
      keepFilesDays: 90,
      maxFileBytes: 209_715_200,
      keepFramesDays: 30,
      drainMs: 10_000,
      timeZone: 'UTC',
      journal: 'postgres',
    })
  })

  it('mean what was set', () => {
    expect(
      readConfig({
        SM_PORT: '9000',
        SM_OPS_PORT: '9100',
        SM_HOST: '0.0.0.0',
        SM_DATA: '/srv/sm',
        SM_WORKERS: '4',
        SM_ROLES: ' jobs, api ,',
        SM_API_KEY: 'k'.repeat(20),
        SM_PEPPER: 'ab'.repeat(32),
        SM_TLS_CERT: 'cert.pem',
        SM_TLS_KEY: 'key.pem',
        SM_CA_CERT: 'ca.pem',
        SM_CA_KEY: 'ca.key',
        SM_V2G_CA_CERT: 'v2g.pem',
        SM_V2G_CA_KEY: 'v2g.key',
        SM_OCSP_HOSTS: 'OCSP.example.com, 10.0.0.1',
        SM_ERP_HOSTS: 'Books.example.com',
        SM_ROAMING_HOSTS: 'Emp.example.com',
        SM_SIM_HOSTS: 'sims.example.com',
        SM_ERP_FOLDER: '/srv/books',
        SM_CONTRACT_POOL_URL: 'https://pool.example.com/contracts',
        SM_CONTRACT_POOL_TOKEN: 'pool-token',
        SM_MAX_EXI_RESPONSE: '7500',
        SM_PUBLIC_URL: 'https://cs.example.com/base',
        SM_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        SM_ALLOWED_ORIGINS: 'https://example.com,http://localhost:3000',
        SM_UNKNOWN_IDENTITY: '401',
        SM_UNKNOWN_PROTOCOL: '101-close',
        DATABASE_URL: 'postgres://u:p@db/sm',
        REDIS_URL: 'rediss://cache:6380',
        SM_LOG: 'debug',
        SM_LOG_FORMAT: 'json',
        SM_HEARTBEAT_S: '60',
        SM_PING_S: '20',
        SM_CALL_TIMEOUT_S: '5',
        SM_MAX_MESSAGE_BYTES: '131072',
        SM_FRAMES_PER_S: '0',
        SM_TRACE_MB: '7',
        SM_ABORT_MODELS: 'ABB/*',
        SM_KEEP_EVENTS_DAYS: '3',
        SM_KEEP_FILES_DAYS: '4',
        SM_MAX_FILE_MB: '5',
        SM_KEEP_FRAMES_DAYS: '0',
        SM_DRAIN_S: '0',
        SM_JOURNAL: 'memory',
        SM_TIME_ZONE: 'europe/berlin',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318',
      }),
    ).toEqual({
      port: 9000,
      opsPort: 9100,
      host: '0.0.0.0',
      data: '/srv/sm',
      workers: 4,
      roles: ['api', 'jobs'],
      apiKey: 'k'.repeat(20),
      pepper: 'ab'.repeat(32),
      tls: { cert: 'cert.pem', key: 'key.pem' },
      ca: { cert: 'ca.pem', key: 'ca.key' },
      v2gCa: { cert: 'v2g.pem', key: 'v2g.key' },
      ocspHosts: ['ocsp.example.com', '10.0.0.1'],
      erpHosts: ['books.example.com'],
      roamingHosts: ['emp.example.com'],
      simHosts: ['sims.example.com'],
      erpFolder: '/srv/books',
      contractPoolUrl: 'https://pool.example.com/contracts',
      contractPoolToken: 'pool-token',
      mostExi: 7_500,
      publicUrl: 'https://cs.example.com/base',
      trustedProxies: ['10.0.0.0/8', '::1'],
      allowedOrigins: ['https://example.com', 'http://localhost:3000'],
      unknownIdentity: '401',
      unknownProtocol: '101-close',
      databaseUrl: 'postgres://u:p@db/sm',
      redisUrl: ['rediss://cache:6380'],
      logLevel: 'debug',
      logFormat: 'json',
      heartbeatS: 60,
      pingMs: 20_000,
      callTimeoutMs: 5_000,
      maxMessageBytes: 131_072,
      framesPerS: 0,
      traceMb: 7,
      abortModels: ['abb/*'],
      keepEventsDays: 3,
      keepFilesDays: 4,
      maxFileBytes: 5_242_880,
      keepFramesDays: 0,
      drainMs: 0,
      timeZone: 'Europe/Berlin',
      journal: 'memory',
      otlpEndpoint: 'http://otel:4318',
    })
  })

  it('count as not set when empty', () => {
    expect(readConfig(Object.fromEntries(settings.map(({ name }) => [name, ''])))).toEqual(readConfig({}))
  })

  it('are each named once, with a unit and a sentence, and every preset keeps its own rule', () => {
    const names = settings.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(settings.filter(({ unit, about }) => unit === '' || about.length < 10)).toEqual([])
    expect(settings.filter((setting) => 'preset' in setting && setting.parse(setting.default) === undefined)).toEqual(
      [],
    )
  })

  it('put the operations beside the port, wherever the system puts that', () => {
    expect(readConfig({ SM_PORT: '9000' }).opsPort).toBe(9001)
    expect(readConfig({ SM_PORT: '0' }).opsPort).toBe(0)
  })
})

const wrong: readonly (readonly [string, string, string])[] = [
  ['SM_PORT', 'abc', '"abc" is not a port (0–65535)'],
  ['SM_PORT', '65536', '"65536" is not a port (0–65535)'],
  ['SM_PORT', '0x50', '"0x50" is not a port (0–65535)'],
  ['SM_OPS_PORT', '-1', '"-1" is not a port (0–65535)'],
  ['SM_WORKERS', '0', '"0" is not a number of processes (1–512)'],
  ['SM_ROLES', 'sockets,cooking', '"sockets,cooking" is not all or a comma list of sockets, api, jobs'],
  ['SM_ROLES', ',', '"," is not all or a comma list of sockets, api, jobs'],
  ['SM_API_KEY', 'short', 'the value is not a text of at least 20 characters'],
  ['SM_PEPPER', 'zz'.repeat(32), 'the value is not 64 hexadecimal digits'],
  ['SM_PUBLIC_URL', 'cs.example.com', '"cs.example.com" is not a URL that begins with http:// or https://'],
  ['SM_TRUSTED_PROXIES', '10.0.0.0/33', '"10.0.0.0/33" is not a comma list of addresses or CIDR ranges'],
  ['SM_TRUSTED_PROXIES', 'proxy', '"proxy" is not a comma list of addresses or CIDR ranges'],
  ['SM_ALLOWED_ORIGINS', 'https://a.b/', '"https://a.b/" is not a comma list of origins such as https://example.com'],
  ['DATABASE_URL', 'mysql://u:secret@db/x', 'the value is not a URL that begins with postgres:// or postgresql://'],
  ['REDIS_URL', 'cache:6379', 'the value is not URLs, between commas, that begin with redis:// or rediss://'],
  ['SM_LOG', 'loud', '"loud" is not one of debug, info, warn, error'],
  ['SM_LOG_FORMAT', 'xml', '"xml" is not one of pretty, json'],
  ['SM_HEARTBEAT_S', '0', '"0" is not a number of seconds (1–86400)'],
  ['SM_PING_S', '1.5', '"1.5" is not a number of seconds (1–3600)'],
  ['SM_CALL_TIMEOUT_S', '601', '"601" is not a number of seconds (1–600)'],
  ['SM_MAX_MESSAGE_BYTES', '1', '"1" is not a number of bytes (1024–16777216)'],
  ['SM_FRAMES_PER_S', 'many', '"many" is not a number of messages (0–100000)'],
  ['SM_KEEP_FILES_DAYS', '0', '"0" is not a number of days (1–3650)'],
  ['SM_MAX_FILE_MB', '10001', '"10001" is not a number of MB (1–10000)'],
  ['SM_DRAIN_S', ' 5', '" 5" is not a number of seconds (0–3600)'],
  ['SM_TIME_ZONE', '+01:00', '"+01:00" is not an IANA time zone such as Europe/Berlin'],
  ['SM_TIME_ZONE', 'Mars/Phobos', '"Mars/Phobos" is not an IANA time zone such as Europe/Berlin'],
  ['SM_JOURNAL', 'paper', '"paper" is not one of postgres, memory'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel', '"otel" is not a URL that begins with http:// or https://'],
]

describe('where stations reach it', () => {
  it.each([
    [{}, 'http://127.0.0.1:8080'],
    [{ SM_HOST: '::1', SM_PORT: '9000' }, 'http://[::1]:9000'],
    [{ SM_HOST: 'cs.example.com', SM_TLS_CERT: 'c', SM_TLS_KEY: 'k' }, 'https://cs.example.com:8080'],
    [{ SM_HOST: '0.0.0.0' }, `http://${hostname()}:8080`],
    [{ SM_HOST: '::' }, `http://${hostname()}:8080`],
    [{ SM_PORT: '0' }, 'http://127.0.0.1:4711'],
    [{ SM_PUBLIC_URL: 'https://cs.example.com/base/' }, 'https://cs.example.com/base/'],
  ])('by %o is %s', (env, url) => {
    expect(publicUrlOf(readConfig(env), new URL('http://127.0.0.1:4711'))).toBe(url)
  })
})

describe('a mistake', () => {
  it.each(wrong)('in %s (%s) gets one line that says what it should be', (name, value, line) => {
    expect(mistakes({ [name]: value })).toEqual([`${name}: ${line}`])
  })

  it('hides no other, and keeps the order of the table', () => {
    const first = wrong.filter(([name], i) => wrong.findIndex(([other]) => other === name) === i)
    expect(mistakes(Object.fromEntries(first.map(([name, value]) => [name, value])))).toEqual(
      first.toSorted((a, b) => order(a[0]) - order(b[0])).map(([name, , line]) => `${name}: ${line}`),
    )
  })

  it('between two settings is told as well', () => {
    expect(mistakes({ SM_TLS_CERT: 'cert.pem' })).toEqual(['SM_TLS_CERT and SM_TLS_KEY: set both or neither'])
    expect(mistakes({ SM_CA_KEY: 'ca.key' })).toEqual(['SM_CA_CERT and SM_CA_KEY: set both or neither'])
    expect(mistakes({ SM_PORT: '65535' })).toEqual(['SM_OPS_PORT: SM_PORT + 1 is not a port; set SM_OPS_PORT'])
    expect(mistakes({ SM_OPS_PORT: '8080' })).toEqual(['SM_OPS_PORT: must be another port than SM_PORT'])
  })

  it('in REDIS_URL is not told a second time as a missing one', () => {
    expect(mistakes({ SM_WORKERS: '2', REDIS_URL: 'cache' }).length).toBe(1)
  })
})

const order = (name: string): number => settings.findIndex((setting) => setting.name === name)

describe('the ways to run', () => {
  const databaseUrl = 'postgres://db/sm'
  const redisUrl = ['redis://cache']
  it.each([
    ['embedded', { workers: 1 }],
    ['oneHost', { redisUrl, workers: 1 }],
    ['oneHost', { redisUrl, workers: 8 }],
    ['single', { databaseUrl, workers: 1 }],
    ['cluster', { databaseUrl, redisUrl, workers: 1 }],
    ['cluster', { databaseUrl, redisUrl, workers: 8 }],
  ] as const)('%s: %o', (mode, config) => {
    expect(modeOf(config)).toBe(mode)
  })

  it.each([{ SM_WORKERS: '2' }, { SM_WORKERS: '2', DATABASE_URL: databaseUrl }])('refuse %o', (env) => {
    expect(mistakes(env)).toEqual(['SM_WORKERS > 1 needs REDIS_URL'])
  })
})
