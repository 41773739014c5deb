import type { CustomerInformationRequest, IdTokenType } from 'typed-ocpp/dist/ocpp21/types.js'
import { tellInPages } from './pages.ts'
import type { Station } from './station.ts'
import { isSame } from './tokens.ts'

const longest = 512

/** What a station knows of a customer, as text in pieces that fit (N09). */
export const tellOfCustomer = (station: Station, { requestId, idToken }: CustomerInformationRequest): void => {
  const text = idToken === undefined ? '' : knownOf(station, idToken)
  const pieces = Array.from({ length: Math.ceil(text.length / longest) }, (_, i) =>
    text.slice(i * longest, (i + 1) * longest),
  )
  tellInPages(station, 'NotifyCustomerInformation', {
    items: pieces,
    most: 1,
    page: ([data = '']) => ({ requestId, data }),
  })
}

const knownOf = ({ tokens, transactions }: Station, token: IdTokenType): string => {
  const info = tokens.find(token)
  const charged = transactions.filter((one) => isSame(one.token, token))
  return [
    ...(info === undefined ? [] : [`${token.type} ${token.idToken}: ${info.status}`]),
    ...charged.map(
      ({ transactionId, startedAt, meterStart, meterStop }) =>
        `${transactionId} of ${new Date(startedAt).toISOString()}: ${meterStop === undefined ? 'under way' : `${meterStop - meterStart} Wh`}`,
    ),
  ].join('\n')
}
