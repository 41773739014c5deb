import { describe, expect, it } from 'vitest'
import { guarded, isPublic } from '../../../adapters/plug-and-charge/addresses.ts'

const found = (...addresses: readonly string[]) =>
  guarded(['ocsp.local', '10.1.2.3'], async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  )

describe('an address that a station names (S-26)', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fd00::1',
    'fc00::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    'not an address',
  ])('%s is not on the internet', (address) => {
    expect(isPublic(address)).toBe(false)
  })

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])('%s is', (address) => {
    expect(isPublic(address)).toBe(true)
  })

  it('is called only where all that its name stands for is on the internet', async () => {
    expect(await found('8.8.8.8', '2606:4700::1')('ocsp.example')).toHaveLength(2)
    await expect(found('8.8.8.8', '10.0.0.1')('ocsp.example')).rejects.toThrow('ocsp.example is not on the internet')
    await expect(found()('ocsp.example')).rejects.toThrow('ocsp.example is not on the internet')
  })

  it('is called wherever it stands when the operator has named its host', async () => {
    expect(await found('10.9.9.9')('OCSP.local')).toEqual([{ address: '10.9.9.9', family: 4 }])
    expect(await found()('10.1.2.3')).toEqual([{ address: '10.1.2.3', family: 4 }])
    await expect(found()('10.1.2.4')).rejects.toThrow('not on the internet')
    await expect(found()('127.0.0.1')).rejects.toThrow('not on the internet')
  })
})
