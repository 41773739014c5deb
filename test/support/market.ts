/** One of each thing of the market by its path in the API, in the order in which they need each other: all of this name but the EVSE. */
export const market = (name: string, uid: string): Readonly<Record<string, object>> => ({
  [`parties/${name}`]: { role: 'siteOwner', name: 'Owner' },
  [`sites/${name}`]: berlin,
  [`sites/${name}/roles/owner`]: { party: name },
  [`charging-stations/${name}`]: { site: name },
  [`charging-stations/${name}/roles/owner`]: { party: name },
  [`evses/${uid}`]: { station: name, connectors: [type2] },
})

export const berlin = {
  name: 'North',
  address: { street: 'Hauptstraße 1', postalCode: '10827', city: 'Berlin', country: 'DE' },
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  timeZone: 'Europe/Berlin',
}

export const type2 = {
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  powerType: 'AC_3_PHASE',
  maxVolts: 230,
  maxAmps: 32,
}
