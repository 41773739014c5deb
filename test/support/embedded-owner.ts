import { startEmbedded } from '../../adapters/embedded/postgres.ts'

/** A process that owns an embedded PostgreSQL on the directory it is given, says where, and waits to be ended. */

const tell = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`)

try {
  const embedded = await startEmbedded({ data: process.argv[2] ?? '', say: (said) => tell({ said }) })
  tell({ pid: embedded.pid, host: embedded.host, firstStart: embedded.firstStart })
  process.on('SIGTERM', () => void embedded.stop().then(() => process.exit(0)))
} catch (error) {
  tell({ refused: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
