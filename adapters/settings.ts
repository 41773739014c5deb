import {
  addressOrRange,
  list,
  matching,
  oneOf,
  optional,
  origin,
  port,
  preset,
  seconds,
  text,
  url,
  urls,
  whole,
  zone,
} from './setting.ts'
import type { Rule } from './setting.ts'

/** What a process does. */
export type Role = 'sockets' | 'api' | 'jobs'
const roles: readonly Role[] = ['sockets', 'api', 'jobs']
const roleList: Rule<readonly Role[]> = {
  is: `all or a comma list of ${roles.join(', ')}`,
  parse: (given) => {
    const wanted = list(oneOf(...roles, 'all')).parse(given)
    if (wanted === undefined || wanted.length === 0) return undefined
    return wanted.includes('all') ? roles : roles.filter((role) => wanted.includes(role))
  },
}

/** The table of settings: every one under the name of its field; the order is the README's. */
export const table = {
  port: preset({ name: 'SM_PORT', unit: 'port', default: '8080', about: 'charge points, API, console' }, port),
  opsPort: optional(
    { name: 'SM_OPS_PORT', unit: 'port', default: 'SM_PORT + 1', about: 'metrics and readiness, on loopback only' },
    port,
  ),
  host: preset(
    { name: 'SM_HOST', unit: 'address', default: '127.0.0.1', about: 'where to listen; 0.0.0.0 for everyone' },
    text,
  ),
  data: preset(
    { name: 'SM_DATA', unit: 'directory', default: './data', about: 'embedded database, pepper, generated passwords' },
    text,
  ),
  workers: preset(
    {
      name: 'SM_WORKERS',
      unit: 'processes',
      default: '1',
      about: 'processes that share the port; more than 1 needs REDIS_URL',
    },
    whole('a number of processes', [1, 512]),
  ),
  roles: preset(
    { name: 'SM_ROLES', unit: 'list', default: 'all', about: 'what this process does: sockets, api, jobs' },
    roleList,
  ),
  apiKey: optional(
    {
      name: 'SM_API_KEY',
      unit: 'text',
      default: 'generated',
      about: 'first API key, at least 20 characters; generated and printed once where it is not set',
      secret: true,
    },
    matching('a text of at least 20 characters', /^.{20,}$/s),
  ),
  pepper: optional(
    {
      name: 'SM_PEPPER',
      unit: 'hex',
      default: 'generated',
      about: '32 bytes mixed into every stored hash; the same on every host',
      secret: true,
    },
    matching('64 hexadecimal digits', /^[0-9a-f]{64}$/i),
  ),
  tlsCert: optional(
    {
      name: 'SM_TLS_CERT',
      unit: 'file',
      default: 'none',
      about: 'certificate chain (PEM); with SM_TLS_KEY serves TLS',
    },
    text,
  ),
  tlsKey: optional({ name: 'SM_TLS_KEY', unit: 'file', default: 'none', about: 'private key (PEM)' }, text),
  caCert: optional(
    {
      name: 'SM_CA_CERT',
      unit: 'file',
      default: 'made here',
      about: 'who signs certificates of charge points, for all tenants (PEM, up to the root); with SM_CA_KEY',
    },
    text,
  ),
  caKey: optional({ name: 'SM_CA_KEY', unit: 'file', default: 'made here', about: 'its private key (PEM)' }, text),
  v2gCaCert: optional(
    {
      name: 'SM_V2G_CA_CERT',
      unit: 'file',
      default: 'SM_CA_CERT',
      about: 'who signs what charge points show to vehicles (PEM, up to the V2G root); with SM_V2G_CA_KEY',
    },
    text,
  ),
  v2gCaKey: optional(
    { name: 'SM_V2G_CA_KEY', unit: 'file', default: 'SM_CA_KEY', about: 'its private key (PEM)' },
    text,
  ),
  ocspHosts: optional(
    {
      name: 'SM_OCSP_HOSTS',
      unit: 'list',
      default: 'none',
      about:
        'hosts that are asked whether a certificate still counts though they are not on the internet; all others must be',
    },
    list(matching('host names or addresses', /^[A-Za-z0-9.:-]+$/)),
  ),
  erpHosts: optional(
    {
      name: 'SM_ERP_HOSTS',
      unit: 'list',
      default: 'none',
      about:
        'hosts that documents are sent to though they are not on the internet: an ERP in your own network; all others must be',
    },
    list(matching('host names or addresses', /^[A-Za-z0-9.:-]+$/)),
  ),
  roamingHosts: optional(
    {
      name: 'SM_ROAMING_HOSTS',
      unit: 'list',
      default: 'none',
      about:
        'hosts of roaming partners that may stand in your own network, and be spoken to without TLS; all others must be on the internet',
    },
    list(matching('host names or addresses', /^[A-Za-z0-9.:-]+$/)),
  ),
  simHosts: optional(
    {
      name: 'SM_SIM_HOSTS',
      unit: 'list',
      default: 'none',
      about:
        'hosts of SIM providers that may stand in your own network, and be spoken to without TLS; all others must be on the internet',
    },
    list(matching('host names or addresses', /^[A-Za-z0-9.:-]+$/)),
  ),
  erpFolder: optional(
    {
      name: 'SM_ERP_FOLDER',
      unit: 'directory',
      default: 'none',
      about: 'where documents may be written as files, each tenant in a folder of its own; without it nowhere',
    },
    text,
  ),
  contractPoolUrl: optional(
    {
      name: 'SM_CONTRACT_POOL_URL',
      unit: 'URL',
      default: 'none',
      about: 'where vehicles get contract certificates (Plug & Charge); without it they fall back to cards',
    },
    url('http:', 'https:'),
  ),
  contractPoolToken: optional(
    {
      name: 'SM_CONTRACT_POOL_TOKEN',
      unit: 'text',
      default: 'none',
      about: 'bearer token for it',
      secret: true,
    },
    matching('a text of visible ASCII characters', /^[!-~]+$/),
  ),
  mostExi: preset(
    {
      name: 'SM_MAX_EXI_RESPONSE',
      unit: 'characters',
      default: '5600',
      about:
        'longest answer of the contract pool that is handed on in OCPP 2.0.1 and 1.6; the standard says 5600, some stations take more',
    },
    whole('a number of characters', [1_000, 60_000]),
  ),
  publicUrl: optional(
    {
      name: 'SM_PUBLIC_URL',
      unit: 'URL',
      default: 'SM_HOST:SM_PORT',
      about: 'where stations reach this server when they send and fetch files',
    },
    url('http:', 'https:'),
  ),
  trustedProxies: optional(
    {
      name: 'SM_TRUSTED_PROXIES',
      unit: 'list',
      default: 'none',
      about: 'addresses or CIDR ranges whose X-Forwarded-For, X-Forwarded-Proto and Client-Cert are believed',
    },
    list(addressOrRange),
  ),
  allowedOrigins: optional(
    {
      name: 'SM_ALLOWED_ORIGINS',
      unit: 'list',
      default: 'none',
      about: 'browser origins that may open charge point sockets',
    },
    list(origin),
  ),
  unknownIdentity: preset(
    {
      name: 'SM_UNKNOWN_IDENTITY',
      unit: 'status',
      default: '404',
      about: 'how an unknown charge point is refused; 401 like a wrong password, so that none can be found by trying',
    },
    oneOf('404', '401'),
  ),
  unknownProtocol: preset(
    {
      name: 'SM_UNKNOWN_PROTOCOL',
      unit: 'text',
      default: '400',
      about:
        'answer to a socket without a sub-protocol of ours; 101-close opens and closes it, as the text of OCPP-J has it',
    },
    oneOf('400', '101-close'),
  ),
  databaseUrl: optional(
    {
      name: 'DATABASE_URL',
      unit: 'URL',
      default: 'embedded',
      about: 'PostgreSQL 15 or newer; its user may create roles',
      secret: true,
    },
    url('postgres:', 'postgresql:'),
  ),
  redisUrl: optional(
    {
      name: 'REDIS_URL',
      unit: 'URL',
      default: 'none',
      about: 'Redis 7 or newer, for more than one process; of a Redis Cluster one node or several, between commas',
      secret: true,
    },
    urls('redis:', 'rediss:'),
  ),
  logLevel: preset(
    { name: 'SM_LOG', unit: 'level', default: 'info', about: 'debug, info, warn or error' },
    oneOf('debug', 'info', 'warn', 'error'),
  ),
  logFormat: optional(
    { name: 'SM_LOG_FORMAT', unit: 'text', default: 'by terminal', about: 'pretty or json' },
    oneOf('pretty', 'json'),
  ),
  heartbeatS: preset(
    { name: 'SM_HEARTBEAT_S', unit: 's', default: '300', about: 'heartbeat interval told to stations' },
    seconds([1, 86_400], 1),
  ),
  pingMs: preset(
    {
      name: 'SM_PING_S',
      unit: 's',
      default: '60',
      about: 'a quiet socket is pinged; after one and a half of it, dropped',
    },
    seconds([1, 3_600], 1_000),
  ),
  callTimeoutMs: preset(
    { name: 'SM_CALL_TIMEOUT_S', unit: 's', default: '30', about: 'how long a station may take to answer' },
    seconds([1, 600], 1_000),
  ),
  maxMessageBytes: preset(
    { name: 'SM_MAX_MESSAGE_BYTES', unit: 'bytes', default: '65536', about: 'longest OCPP message' },
    whole('a number of bytes', [1_024, 16_777_216]),
  ),
  framesPerS: preset(
    {
      name: 'SM_FRAMES_PER_S',
      unit: '1/s',
      default: '20',
      about: 'messages per socket in the long run, billing aside; 0 = any',
    },
    whole('a number of messages', [0, 100_000]),
  ),
  traceMb: preset(
    {
      name: 'SM_TRACE_MB',
      unit: 'MB',
      default: '64',
      about: 'memory of each worker for the last frames of all its stations; 0 = none',
    },
    whole('a number of megabytes', [0, 4_096]),
  ),
  abortModels: optional(
    {
      name: 'SM_ABORT_MODELS',
      unit: 'list',
      default: 'none',
      about:
        'stations as vendor/model or vendor/* that do not come back after a clean close: at shutdown their sockets are cut',
    },
    list(matching('vendor/model or vendor/*', /^[^/]+\/[^/]+$/)),
  ),
  keepEventsDays: preset(
    {
      name: 'SM_KEEP_EVENTS_DAYS',
      unit: 'days',
      default: '30',
      about: 'how long events can be read again; sessions, readings and CDRs stay',
    },
    whole('a number of days', [1, 3_650]),
  ),
  keepFilesDays: preset(
    {
      name: 'SM_KEEP_FILES_DAYS',
      unit: 'days',
      default: '90',
      about: 'how long what stations have sent stays (logs, diagnostics); firmware stays until it is removed',
    },
    whole('a number of days', [1, 3_650]),
  ),
  maxFileBytes: preset(
    {
      name: 'SM_MAX_FILE_MB',
      unit: 'MB',
      default: '200',
      about: 'largest file that is taken, from operators and stations',
    },
    whole('a number of MB', [1, 10_000], 1_048_576),
  ),
  keepFramesDays: preset(
    {
      name: 'SM_KEEP_FRAMES_DAYS',
      unit: 'days',
      default: '30',
      about:
        'how long frames are stored, of stations chosen by PUT …/trace and of all while there are fewer than 1,000; 0 = not at all',
    },
    whole('a number of days', [0, 3_650]),
  ),
  vatUrl: optional(
    {
      name: 'SM_VAT_URL',
      unit: 'URL',
      default: 'the form alone',
      about: 'who knows VAT numbers; {number} in it stands for one',
    },
    url('http:', 'https:'),
  ),
  receiptUrl: optional(
    {
      name: 'SM_RECEIPT_URL',
      unit: 'URL',
      default: 'none',
      about: 'where receipts of payments at stations are; {receipt} in it stands for the number of one',
    },
    url('http:', 'https:'),
  ),
  timeZone: preset(
    {
      name: 'SM_TIME_ZONE',
      unit: 'IANA name',
      default: 'UTC',
      about: 'time zone of charge points that stand on no site: for prices by the time of day; the same on every host',
    },
    zone,
  ),
  journal: preset(
    {
      name: 'SM_JOURNAL',
      unit: 'text',
      default: 'postgres',
      about: 'memory: for measurements only, nothing of billing is kept',
    },
    oneOf('postgres', 'memory'),
  ),
  drainMs: preset(
    { name: 'SM_DRAIN_S', unit: 's', default: '10', about: 'time in which sockets are closed at shutdown' },
    seconds([0, 3_600], 1_000),
  ),
  otlpEndpoint: optional(
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', unit: 'URL', default: 'none', about: 'where traces go' },
    url('http:', 'https:'),
  ),
}
