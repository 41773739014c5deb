import type { Get15118EVCertificateRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'

/**
 * Get15118EVCertificate — a vehicle wants the certificate of its contract installed or renewed; its request goes to a pool of
 * contracts as it is, in EXI, and so does the answer. 2.0.1 part 2 M01, M02. With more than one contract: 2.1, ISO 15118-20.
 */
export const Get15118EVCertificate: Action = two((protocol) =>
  dialect('evCertificate', {
    request: 'Get15118EVCertificateRequest',
    leniency: 'texts',
    ask: (request: Get15118EVCertificateRequest) => ({
      type: 'evCertificate',
      action: request.action,
      schemaVersion: clean(request.iso15118SchemaVersion, 50),
      exiRequest: clean(request.exiRequest, 60_000),
      ...(request.maximumContractCertificateChains !== undefined && {
        mostChains: request.maximumContractCertificateChains,
      }),
      ...(request.prioritizedEMAIDs !== undefined && {
        prioritized: request.prioritizedEMAIDs.map((emaid) => clean(emaid)),
      }),
    }),
    answer: ({ accepted, exiResponse, remaining }) => ({
      status: accepted ? 'Accepted' : 'Failed',
      exiResponse,
      ...(protocol === 'ocpp2.1' && remaining !== undefined && { remainingContracts: remaining }),
    }),
  }),
)
