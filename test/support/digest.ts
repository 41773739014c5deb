import { createDigest } from '../../adapters/digest.ts'

export const testKey = createDigest(new Uint8Array(32))
