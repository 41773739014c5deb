import type { DataTransferRequest, DataTransferResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { vendorId } from '../../charger/vendor.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block P; its data may be anything, not text only. */
export const vendor = {
  DataTransfer(_: Station, { vendorId: vendor, messageId, data }: DataTransferRequest): Reply<DataTransferResponse> {
    if (vendor !== vendorId) return status('UnknownVendorId')
    if (messageId !== 'echo') return status('UnknownMessageId')
    return { answer: { status: 'Accepted', ...(data !== undefined && { data }) } }
  },
}
