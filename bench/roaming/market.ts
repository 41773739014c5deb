import { ask, type Door } from './door.ts'

/** Where charge points stand, and who operates them: a site for every so many. */
export interface MarketOptions {
  readonly party: string
  /** Each with one EVSE and one connector. */
  readonly chargePoints: readonly string[]
  readonly stationsASite: number
}

const imported = async ({ api, key }: Door, what: string, lines: readonly object[]): Promise<void> => {
  for (let from = 0; from < lines.length; from += 1_000) {
    const response = await fetch(new URL(`/api/v1/imports/${what}?dryRun=false`, api), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: lines
        .slice(from, from + 1_000)
        .map((line) => JSON.stringify(line))
        .join('\n'),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${what} could not be imported: ${text.slice(0, 500)}`)
  }
}

/** A CPO with a code, its sites and what stands on them; the uid of an EVSE is the name of its charge point, in lower case. */
export const openMarket = async (door: Door, { party, chargePoints, stationsASite }: MarketOptions): Promise<void> => {
  await ask(door, 'PUT', 'parties/operator', { role: 'cpo', name: 'Operator', code: `DE*${party}` })
  const sites = Array.from({ length: Math.ceil(chargePoints.length / stationsASite) }, (_, i) => `site-${i}`)
  await imported(
    door,
    'sites',
    sites.map((id, i) => ({
      id,
      name: `Site ${i}`,
      street: `Street ${i}`,
      postalCode: '10827',
      city: 'Berlin',
      country: 'DE',
      latitude: `52.${String(100_000 + i)}`,
      longitude: `13.${String(100_000 + i)}`,
      timeZone: 'Europe/Berlin',
    })),
  )
  for (const id of sites) await ask(door, 'PUT', `sites/${id}/roles/operator`, { party: 'operator' })
  const uidOf = (identity: string): string => identity.toLowerCase()
  await imported(
    door,
    'charging-stations',
    chargePoints.map((identity, i) => ({ id: uidOf(identity), site: sites[Math.floor(i / stationsASite)] })),
  )
  await imported(
    door,
    'evses',
    chargePoints.map((identity, i) => ({
      uid: uidOf(identity),
      station: uidOf(identity),
      evseId: `DE*${party}*E${i}`,
      chargePoint: identity,
      evse: 1,
      connector: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      powerType: 'AC_3_PHASE',
      maxVolts: 230,
      maxAmps: 32,
    })),
  )
}
