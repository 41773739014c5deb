let writtenAt = 0
let written = ''

/** The time of day, written out once a millisecond for everyone. */
export const now = (): string => {
  const ms = Date.now()
  if (ms !== writtenAt) written = new Date((writtenAt = ms)).toISOString()
  return written
}

/** As six measurands, which is what a station in the field reports. */
export const meterValues = (transaction: number, registerWh: number, at = now()): string =>
  `{"connectorId":1,"transactionId":${transaction},"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":"${registerWh}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"10950","measurand":"Power.Active.Import","unit":"W"},{"value":"15.9","measurand":"Current.Import","phase":"L1","unit":"A"},{"value":"15.8","measurand":"Current.Import","phase":"L2","unit":"A"},{"value":"230.1","measurand":"Voltage","unit":"V"},{"value":"54","measurand":"SoC","location":"EV","unit":"Percent"}]}]}`

export const status = (connector: number, is: string): string =>
  `{"connectorId":${connector},"errorCode":"NoError","status":"${is}","timestamp":"${now()}"}`

export const start = (meterStart: number, at = now()): string =>
  `{"connectorId":1,"idTag":"BENCHCARD","meterStart":${meterStart},"timestamp":"${at}"}`

export const stop = (transaction: number, meterStop: number, at = now()): string =>
  `{"transactionId":${transaction},"meterStop":${meterStop},"timestamp":"${at}","reason":"EVDisconnected"}`

export const boot = '{"chargePointVendor":"Bench","chargePointModel":"Generator","firmwareVersion":"1.0"}'
