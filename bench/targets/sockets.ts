import { listenBare } from '../micro/sockets.ts'

/** Our sockets on the runtime that this is started with. */
const { url } = await listenBare(Number(process.env['SM_PORT'] ?? 0))
process.stdout.write(`${url.href}\n`)
