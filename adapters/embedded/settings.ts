/** Names the socket file; nothing listens on a network. */
export const port = 5432

/** PostgreSQL's command line: durable, quiet, and reachable by nobody but us. `run` is the directory of its socket. */
export const postgresSettings = (run: string): readonly string[] =>
  Object.entries({
    listen_addresses: '',
    unix_socket_directories: run,
    unix_socket_permissions: '0700', // root passes all the same
    port: String(port),
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    shared_buffers: '128MB',
    max_connections: '100',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    password_encryption: 'scram-sha-256',
    log_timezone: 'UTC',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
