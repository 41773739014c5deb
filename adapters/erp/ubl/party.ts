import type { InvoiceParty } from '../../../core/invoicing/party.ts'
import { type Element, element } from './xml.ts'

/** A `cac:Party`. Where nothing is subject to VAT its VAT number is left out (BR-O-02). */
export const partyElement = (
  { name, tradingName, vat, registration, address, endpoint, contact }: InvoiceParty,
  showsVat: boolean,
): Element | undefined =>
  element('cac:Party', [
    element('cbc:EndpointID', endpoint?.id, { schemeID: endpoint?.scheme }),
    element('cac:PartyName', [element('cbc:Name', tradingName)]),
    element('cac:PostalAddress', [
      element('cbc:StreetName', address.street),
      element('cbc:AdditionalStreetName', address.more),
      element('cbc:CityName', address.city),
      element('cbc:PostalZone', address.postalCode),
      element('cbc:CountrySubentity', address.region),
      element('cac:Country', [element('cbc:IdentificationCode', address.country)]),
    ]),
    showsVat && vat !== undefined
      ? element('cac:PartyTaxScheme', [
          element('cbc:CompanyID', vat),
          element('cac:TaxScheme', [element('cbc:ID', 'VAT')]),
        ])
      : undefined,
    element('cac:PartyLegalEntity', [
      element('cbc:RegistrationName', name),
      element('cbc:CompanyID', registration?.id, { schemeID: registration?.scheme }),
    ]),
    element('cac:Contact', [
      element('cbc:Name', contact?.name),
      element('cbc:Telephone', contact?.phone),
      element('cbc:ElectronicMail', contact?.email),
    ]),
  ])
