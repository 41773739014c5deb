import type { CustomerInformationRequest, CustomerInformationResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { tellOfCustomer } from '../customers.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block N, N09 and N10: what a station knows of somebody, told or forgotten. */
export const customers = {
  CustomerInformation(station: Station, request: CustomerInformationRequest): Reply<CustomerInformationResponse> {
    const { report, clear, idToken, customerIdentifier, customerCertificate } = request
    const named = [idToken, customerIdentifier, customerCertificate].filter((one) => one !== undefined)
    if (named.length !== 1) return status('Invalid')
    if (!report && !clear) return status('Rejected')
    return status('Accepted', () => {
      // what has been forgotten is told of as well: that there is nothing any more (N10.FR.05)
      if (report || clear) tellOfCustomer(station, request)
      if (clear && idToken !== undefined) station.tokens.forget(idToken)
    })
  },
}
