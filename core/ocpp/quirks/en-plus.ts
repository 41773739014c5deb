import type { QuirkPack } from './pack.ts'

/** EN+ wallboxes, also sold as EVSEDO. */
export const enPlus: QuirkPack = {
  name: 'en-plus',
  because:
    'It answers none of our CALLs: over each it hangs for 30 s, drops the socket, and comes back. What it says itself is in order. evcc 30113, an AC011K with firmware 1.1.805',
  of: [{ vendor: 'EN+', firmware: 'from 1.1.805 to 1.1.805' }],
  timing: { callTimeoutMs: 10_000, gapMs: 60_000 },
}
