import { expect, it } from 'vitest'
import type { Directory } from '../../core/ports/directory.ts'

/** What every directory must do: the higher epoch wins, a late release of a lower one changes nothing (D-5). */
export const directoryContract = (make: () => Directory): void => {
  let serial = 0
  const ref = () => ({ tenant: 'default', identity: `CP-${serial++}` })

  it('knows where a charge point is, and forgets it when it is released', async () => {
    const cp = ref()
    expect(await make().locate(cp)).toBeUndefined()
    expect(await make().claim(cp, { worker: 'a', epoch: 1 })).toEqual({ taken: true })
    expect(await make().locate(cp)).toEqual({ worker: 'a', epoch: 1 })
    await make().release(cp, { worker: 'a', epoch: 1 })
    expect(await make().locate(cp)).toBeUndefined()
  })

  it('INV-30: a higher epoch replaces a lower one and is told whom', async () => {
    const cp = ref()
    await make().claim(cp, { worker: 'a', epoch: 1 })
    expect(await make().claim(cp, { worker: 'b', epoch: 2 })).toEqual({
      taken: true,
      replaced: { worker: 'a', epoch: 1 },
    })
    expect(await make().locate(cp)).toEqual({ worker: 'b', epoch: 2 })
  })

  it('INV-35: a lower epoch is refused and changes nothing, neither by claiming nor by renewing', async () => {
    const cp = ref()
    await make().claim(cp, { worker: 'b', epoch: 10 })
    expect(await make().claim(cp, { worker: 'a', epoch: 9 })).toEqual({
      taken: false,
      holder: { worker: 'b', epoch: 10 },
    })
    expect(await make().renew(cp, { worker: 'a', epoch: 9 })).toBe(false)
    expect(await make().locate(cp)).toEqual({ worker: 'b', epoch: 10 })
  })

  it('INV-32: releasing an older epoch leaves the newer one where it is', async () => {
    const cp = ref()
    await make().claim(cp, { worker: 'a', epoch: 1 })
    await make().claim(cp, { worker: 'b', epoch: 2 })
    await make().release(cp, { worker: 'a', epoch: 1 })
    expect(await make().locate(cp)).toEqual({ worker: 'b', epoch: 2 })
  })

  it('renewing brings a place back that was lost', async () => {
    const cp = ref()
    expect(await make().renew(cp, { worker: 'a', epoch: 3 })).toBe(true)
    expect(await make().locate(cp)).toEqual({ worker: 'a', epoch: 3 })
  })
}
