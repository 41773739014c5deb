// Sites, their charging stations, and each EVSE as its plug stands. What is here is data: app.js puts it on the page, as
// text and never as HTML.

/** Of several connectors the one that says most about their EVSE: only one of them can be in use. */
const statusOf = (connectors) =>
  connectors.find(({ status }) => status !== 'available' && status !== 'unavailable') ?? connectors[0]

const unknown = { status: 'unknown', errorCode: 'NoError' }

/** A station of a charge point that is away stands as nobody knows. */
const standing = (plug, points) => {
  const point = plug === null ? undefined : points.get(plug.chargePoint)
  if (point?.online !== true) return unknown
  const { status, errorCode } = statusOf(point.evses.find(({ id }) => id === plug.evse)?.connectors ?? []) ?? unknown
  return { status, errorCode }
}

/** A row for each charging station, and one for each site that has none, site by site. */
export const stationRows = ({ sites, stations, evses, points }) => {
  const ofSite = Map.groupBy(stations, ({ site }) => site)
  const ofStation = Map.groupBy(
    evses.filter(({ state }) => state !== 'removed'),
    ({ station }) => station,
  )
  return sites.flatMap((site) =>
    (ofSite.get(site.id) ?? [undefined]).map((station) => ({
      site: site.name,
      town: `${site.address.city}, ${site.address.country}`,
      operator: (station ?? site).operator?.party ?? '–',
      station: station === undefined ? '–' : (station.name ?? station.id),
      evses: (ofStation.get(station?.id) ?? []).map((evse) => ({
        name: evse.evseId ?? evse.uid,
        ...(evse.state === 'planned' ? { ...unknown, status: 'planned' } : standing(evse.plug, points)),
      })),
    })),
  )
}
