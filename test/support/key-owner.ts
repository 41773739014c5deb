import { createInterface } from 'node:readline'
import { createAuthority } from '../../adapters/authority/authority.ts'
import { createSealer } from '../../adapters/seal.ts'
import type { SignedFirmware, Wanted } from '../../core/ports/authority.ts'

/** An authority in a process of its own, on whichever runtime: a question a line, an answer a line. */

interface Question {
  readonly csr: string
  readonly wanted: Wanted
  readonly firmware: Omit<SignedFirmware, 'content'> & { readonly content: string }
}

const authority = await createAuthority({
  store: { find: async () => undefined, keep: async (_, made) => made },
  sealer: createSealer(new Uint8Array(32)),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
})

async function* bytesOf(base64: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(base64, 'base64')
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000)
}

for await (const line of createInterface({ input: process.stdin })) {
  const { csr, wanted, firmware } = JSON.parse(line) as Question
  const root = await authority.root(wanted.tenant)
  const signed = await authority.sign(csr, wanted)
  const verified = await authority.verifyFirmware({ ...firmware, content: bytesOf(firmware.content) })
  const hash = 'refused' in signed ? undefined : await authority.hashDataOf(signed.chain + root.certificate, 'SHA384')
  console.log(JSON.stringify({ root, signed, verified, hash }))
}
