import { describe, expect, it } from 'vitest'
import type { SignedMeterValue } from '../../../core/domain/document.ts'
import { signedDataOf } from '../../../core/roaming/signed-data.ts'

const value = (data: string, context = 'Transaction.End'): SignedMeterValue => ({
  at: '2026-11-27T12:00:00.000Z',
  context,
  data,
})
const ocmf = 'OCMF|{"FV":"1.0","RD":[{"RU":"kWh"}]}|{"SD":"30ä"}'
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
const structure = (fields: object): string => JSON.stringify(fields)

describe('signed meter values for the check of a driver (OCPI 2.3.0 mod_cdrs, SignedData)', () => {
  it('of 1.6 are told by how they begin, and no character of them changes', () => {
    expect(signedDataOf([value(ocmf, 'Transaction.Begin'), value(ocmf, 'Sample.Clock'), value(ocmf)])).toEqual({
      encoding_method: 'OCMF',
      signed_values: ['Start', 'Intermediate', 'End'].map((nature) => ({
        nature,
        plain_data: ocmf,
        signed_data: base64(ocmf),
      })),
    })
    expect(signedDataOf([value('AP;0;3;ALCV3ABBBISHMA2RYEGAZE3HV5YQBQRAEHAETC')])?.encoding_method).toBe(
      'Alfen Eichrecht',
    )
  })

  it('of 2.x come with their key, and are passed on in the base64 that they came in', () => {
    const data = structure({ signedMeterData: base64(ocmf), encodingMethod: 'OCMF', publicKey: 'MFkw' })
    expect(signedDataOf([value(data)])).toEqual({
      encoding_method: 'OCMF',
      public_key: 'MFkw',
      signed_values: [{ nature: 'End', plain_data: ocmf, signed_data: base64(ocmf) }],
    })
  })

  it('of 2.x that are bytes are base64 in both fields; that are no base64 are what they are', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]).toString('base64')
    const [binary, text] = [bytes, 'EDL;ä'].map((signedMeterData) =>
      signedDataOf([value(structure({ signedMeterData, encodingMethod: 'EDL40 Mennekes' }))]),
    )
    expect(binary?.signed_values).toEqual([{ nature: 'End', plain_data: bytes, signed_data: bytes }])
    expect(text?.signed_values).toEqual([{ nature: 'End', plain_data: 'EDL;ä', signed_data: base64('EDL;ä') }])
  })

  it.each([
    ['there are none', []],
    ['nobody knows what they are', [value('<xml/>')]],
    ['they are of several encodings', [value(ocmf), value('AP;0;3')]],
    ['one of them is not known', [value(ocmf), value('?')]],
    ['they have no data', [value(structure({ encodingMethod: 'OCMF' }))]],
    ['they look like JSON, and are none', [value('{OCMF')]],
    [
      'they have neither a name nor a known beginning',
      [value(structure({ signedMeterData: 'QUJD', encodingMethod: '' }))],
    ],
  ])('are none where %s', (_, values) => {
    expect(signedDataOf(values)).toBeUndefined()
  })

  it('of a context that is called like a property of every object are somewhere in the session', () => {
    expect(signedDataOf([value(ocmf, 'constructor')])?.signed_values[0]?.nature).toBe('Intermediate')
  })
})
