import { createInterface } from 'node:readline'
import { listenHere } from '../../adapters/runtime/index.ts'
import { type PeerOptions, startPeer } from './scripted.ts'

/**
 * The scripted peer as a program, the same on every runtime: options as JSON in the first argument; prints its URL,
 * then answers every command on stdin with one line of JSON; ends with its stdin.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as PeerOptions
const peer = await startPeer(await listenHere(), options)
process.stdout.write(`${peer.url.href}\n`)
createInterface({ input: process.stdin })
  .on('line', (line) => {
    void peer.tell(line as 'seen').then((seen) => process.stdout.write(`${JSON.stringify(seen)}\n`))
  })
  .on('close', () => process.exit(0))
