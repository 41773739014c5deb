import type { ReportKind } from '../domain/item.ts'

/** The action by which each report comes, page by page. */
export const reportedBy: Readonly<Record<ReportKind, string>> = {
  variables: 'NotifyReport',
  monitors: 'NotifyMonitoringReport',
  displayMessages: 'NotifyDisplayMessages',
  customerData: 'NotifyCustomerInformation',
  chargingProfiles: 'ReportChargingProfiles',
  derControls: 'ReportDERControl',
}
