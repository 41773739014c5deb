import { describe, expect, it } from 'vitest'
import { certificateRequests, signAndDeliver } from '../../adapters/certificate-signing.ts'
import type { Order } from '../../core/domain/order.ts'
import type { Wanted } from '../../core/ports/authority.ts'
import { silence } from '../support/quiet.ts'

const request = { tenant: 'default', identity: 'CP-1', key: 'k1', csr: 'CSR', use: 'station' as const }

/** What is signed for CP-1, which calls itself `serial`, by an authority that signs whatever name it is asked for. */
const signing = (serial: string, configuration: readonly object[] = []) => {
  const [names, ordered]: [string[], Order[]] = [[], []]
  const signed = { chain: 'PEM', serial: 'aa', fingerprint: 'ff', notBefore: 0, notAfter: 1 }
  const store = {
    certificates: {
      issuedSince: async () => 0,
      byRequest: async () => undefined,
      record: async (made: object) => ({ ...made, state: 'issued' }),
      isSent: async () => ordered.length > 0,
    },
    chargePoints: {
      find: async () => ({ inventory: { serial } }),
      isAnothers: async (_: object, name: string) => name.toLowerCase() === 'victim',
    },
    mirrors: {
      configuration: async () => configuration,
      items: async () => ({
        items: [
          { key: 'iso15118ctrlr:1.seccid', body: { value: 'DE*ABC*E2' } },
          { key: 'iso15118ctrlr:2.seccid', body: {} },
          { key: 'iso15118ctrlr.seccidofothers', body: { value: 'X' } },
        ],
      }),
    },
    tenants: { find: async () => undefined },
  }
  const authority = {
    examine: async (_: string, { commonName }: Pick<Wanted, 'commonName'>) => {
      names.push(commonName)
      return { refused: 'names another common name than the station has' }
    },
    sign: async (_: string, { commonName }: Pick<Wanted, 'commonName'>) => {
      names.push(commonName)
      return signed
    },
  }
  const commander = { order: async (_: unknown, order: Order) => void ordered.push(order) }
  const parts = { store, authority, clock: { now: () => 0 }, commander, log: silence } as never
  return { names, ordered, parts }
}

describe('certificates for charge points', () => {
  it('S-12 A00.FR.405: one that calls itself by the identity of another gets no certificate in its name', async () => {
    for (const [serial, names] of [
      ['VICTIM', ['CP-1']],
      ['Victim', ['CP-1']],
      ['SN-1', ['SN-1', 'CP-1']],
    ] as const) {
      const { names: examined, parts } = signing(serial)
      expect(await certificateRequests(parts).fault({ ...request, serial }, request)).toContain('another common name')
      expect(examined).toEqual(names)
      const { names: asked, parts: others } = signing(serial)
      await signAndDeliver(others, request)
      expect(asked).toEqual(names.slice(0, 1))
    }
  })

  it('names one for vehicles as they call the charge point, but never by the name of another', async () => {
    const secc = [
      { key: 'SeccId', value: 'DE*ABC*E1' },
      { key: 'SeccLeafSubjectCommonName', value: 'victim' },
      { key: 'SeccIdOfOthers', value: 'X' },
    ]
    for (const use of ['v2g', 'v2g20', 'both'] as const) {
      const { names, parts } = signing('SN-1', secc)
      expect(await certificateRequests(parts).fault({ ...request, serial: 'SN-1' }, { csr: 'CSR', use })).toBeDefined()
      expect(names).toEqual(['SN-1', 'DE*ABC*E1', 'DE*ABC*E2', 'CP-1'])
    }
    const { names, parts } = signing('SN-1', secc)
    await certificateRequests(parts).fault({ ...request, serial: 'SN-1' }, { csr: 'CSR', use: 'station' })
    expect(names).toEqual(['SN-1', 'CP-1'])
  })

  it('is delivered for what it was asked, under the number of its request', async () => {
    const { ordered, parts } = signing('SN-1')
    await signAndDeliver(parts, { ...request, use: 'v2g', request: 0 })
    expect(ordered).toEqual([{ type: 'deliverCertificate', chain: 'PEM', serial: 'aa', use: 'v2g', request: 0 }])
  })

  it('BI-48: a job that comes again after a crash delivers nothing twice', async () => {
    const { ordered, parts } = signing('SN-1')
    await signAndDeliver(parts, request)
    await signAndDeliver(parts, request)
    expect(ordered).toEqual([{ type: 'deliverCertificate', chain: 'PEM', serial: 'aa' }])
  })
})
