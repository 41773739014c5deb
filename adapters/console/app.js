// The operator's first page: what is there, who charges, which CDRs come out. Plain script, no framework; whatever
// comes from a station is put on the page as text and never as HTML.

import { contractNodes } from './contracts.js'
import { explanationNodes } from './explanation.js'
import { resaleSection } from './resale.js'
import { roamingSection } from './roaming.js'
import { settlementSection } from './settlement.js'
import { hashOf, simsSection } from './sims.js'
import { stationRows } from './sites.js'

const $ = (id) => document.getElementById(id)
const state = {
  csrf: '',
  points: new Map(),
  sessions: new Map(),
  cdrs: [],
  issued: 0,
  stream: undefined,
  due: false,
  market: { sites: [], stations: [], evses: [] },
  marketDue: undefined,
  roamingDue: undefined,
  simsDue: undefined,
}
const mostRows = 200

const statusWords = {
  unknown: 'unknown',
  available: 'available',
  preparing: 'preparing',
  charging: 'charging',
  suspendedByVehicle: 'paused by vehicle',
  suspendedByStation: 'paused by station',
  finishing: 'finishing',
  reserved: 'reserved',
  unavailable: 'unavailable',
  faulted: 'faulted',
  planned: 'planned',
}

const energy = (wh) => (wh === null || wh === undefined ? '–' : `${(wh / 1000).toFixed(2)} kWh`)
const clock = (iso) => (iso ? new Date(iso).toLocaleTimeString() : '–')
const duration = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')} min`

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value)
    else if (value !== undefined) made.setAttribute(key, value)
  }
  made.append(
    ...children.map((child) => (child instanceof Node ? child : document.createTextNode(String(child ?? '')))),
  )
  return made
}
const row = (...cells) =>
  element('tr', {}, ...cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : element('td', {}, cell))))
const number = (text) => element('td', { class: 'number' }, text)

const api = async (path, options = {}) => {
  const response = await fetch(path, {
    ...options,
    headers: { 'content-type': 'application/json', 'x-csrf-token': state.csrf },
  })
  if (response.status === 401) {
    askForKey()
    throw new Error('signed out')
  }
  const text = await response.text()
  const body = text === '' ? undefined : JSON.parse(text)
  if (!response.ok)
    throw Object.assign(new Error(body?.detail ?? `the server answered ${response.status}`), {
      status: response.status,
    })
  return body
}

const page = {
  api,
  element,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  copy: async (text) => navigator.clipboard.writeText(text),
  sure: (question) => confirm(question),
  reason: (question) => prompt(question) ?? undefined,
}
const roaming = roamingSection($, page)
const settlement = settlementSection($, page)
const sims = simsSection($, page)

const contracts = contractNodes({ api, element })
$('contracts-body').append(...contracts.nodes)
$('contracts').addEventListener('toggle', () => {
  if ($('contracts').open) void contracts.show()
})

/** As another tenant from here on: a CPO, or the reseller itself again. */
const enterTenant = async (tenant) => {
  try {
    await api('/session', { method: 'PUT', body: JSON.stringify({ tenant }) })
    location.assign('/')
  } catch (error) {
    $('link').textContent = error.message
  }
}

const resale = resaleSection($, { api, element, enter: enterTenant, now: () => Date.now() })

// --- Drawing: at most once a frame, whatever arrives --------------------------------------------------------------------

const draw = () => {
  if (state.due) return
  state.due = true
  requestAnimationFrame(() => {
    state.due = false
    drawSessions()
    drawCdrs()
    drawPoints()
    drawStations()
  })
}

const show = (id, rows, empty) => {
  $(id).replaceChildren(...rows)
  $(id).closest('table').hidden = rows.length === 0
  $(empty).hidden = rows.length > 0
}

const drawSessions = () => {
  const rows = [...state.sessions.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, mostRows)
  $('charging').textContent = state.sessions.size
  show(
    'sessions',
    rows.map((s) =>
      row(
        s.chargePoint,
        s.evse,
        clock(s.startedAt),
        number(energy(s.energyWh)),
        element(
          'button',
          { type: 'button', onclick: () => stop(s) },
          'Stop',
          element('span', { class: 'hidden' }, ` ${s.chargePoint}`),
        ),
      ),
    ),
    'no-sessions',
  )
}

/** What a CDR costs; a click says why. */
const cost = (cdr) =>
  cdr.totalCost === null || cdr.totalCost === undefined
    ? '–'
    : element(
        'button',
        { type: 'button', onclick: () => void (location.hash = `cdr=${cdr.cdr ?? cdr.id}`) },
        `${cdr.totalCost} ${cdr.currency}`,
        element('span', { class: 'hidden' }, ` at ${cdr.chargePoint}: why?`),
      )

/** The explanation that the address names: so it can be sent to somebody. */
const explain = async () => {
  const [, id] = /^#cdr=([0-9a-f-]{36})$/i.exec(location.hash) ?? []
  if (id === undefined) return $('why').close()
  try {
    const explanation = await api(`/api/v1/cdrs/${id}/explain`)
    $('why-what').textContent = `${explanation.total.gross} ${explanation.tariff.currency}`
    $('why-body').replaceChildren(...explanationNodes(explanation, element))
  } catch (error) {
    $('why-what').textContent = 'not known'
    $('why-body').replaceChildren(element('p', { role: 'alert' }, error.message))
  }
  if (!$('why').open && !$('console').hidden) $('why').showModal()
}

const drawCdrs = () => {
  $('issued').textContent = state.issued
  show(
    'cdrs',
    state.cdrs
      .slice(0, 50)
      .map((c) =>
        row(
          clock(c.endedAt),
          c.chargePoint,
          number(energy(c.energyWh)),
          number(duration(c.durationS)),
          element('td', { class: 'number' }, cost(c)),
          c.stopReason,
        ),
      ),
    'no-cdrs',
  )
}

const badge = (evse, connector) =>
  element(
    'span',
    { class: `badge ${connector.status}`, title: connector.errorCode === 'NoError' ? undefined : connector.errorCode },
    `${evse}: ${statusWords[connector.status] ?? connector.status}`,
  )

const drawPoints = () => {
  const wanted = $('filter').value.trim().toLowerCase()
  const all = [...state.points.values()]
  const matching = all.filter(
    (p) =>
      wanted === '' ||
      `${p.identity} ${p.model ?? ''} ${p.online ? 'online' : 'offline'} ${p.evses.flatMap((e) => e.connectors.map((c) => statusWords[c.status])).join(' ')}`
        .toLowerCase()
        .includes(wanted),
  )
  $('online').textContent = all.filter((p) => p.online).length
  $('total').textContent = all.length
  $('shown').textContent =
    matching.length > mostRows
      ? `the first ${mostRows} of ${matching.length}`
      : wanted === ''
        ? ''
        : `${matching.length} of ${all.length}`
  show(
    'points',
    matching
      .slice(0, mostRows)
      .map((p) =>
        row(
          p.identity,
          element(
            'a',
            { class: p.online ? 'online' : 'offline', href: hashOf(p.identity) },
            p.online ? 'online' : 'offline',
            element('span', { class: 'hidden' }, `: how ${p.identity} is connected`),
          ),
          p.model ?? '–',
          element('td', {}, ...p.evses.flatMap((e) => e.connectors.map((c) => badge(e.id, c)))),
          p.online
            ? element(
                'button',
                { type: 'button', onclick: () => askForToken(p) },
                'Start',
                element('span', { class: 'hidden' }, ` at ${p.identity}`),
              )
            : '',
        ),
      ),
    'no-points',
  )
}

const drawStations = () =>
  show(
    'stations',
    stationRows({ ...state.market, points: state.points })
      .slice(0, mostRows)
      .map(({ site, town, operator, station, evses }) =>
        row(site, town, operator, station, element('td', {}, ...evses.map((evse) => badge(evse.name, evse)))),
      ),
    'no-stations',
  )

// --- Orders ---------------------------------------------------------------------------------------------------------------

const order = async (identity, what, body) => {
  $('outcome').textContent = `${what} …`
  try {
    const command = await api(`/api/v1/charge-points/${encodeURIComponent(identity)}/commands?wait=30`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    $('outcome').textContent =
      `${what}: ${command.outcome ?? command.state}${command.reason ? ` – ${command.reason}` : ''}`
  } catch (error) {
    $('outcome').textContent = `${what}: ${error.message}`
  }
}
const stop = (session) =>
  order(session.chargePoint, `Stopping at ${session.chargePoint}`, { type: 'stopCharging', session: session.id })

const askForToken = (point) => {
  const free =
    point.evses.find(
      (e) => e.session === null && e.connectors.some((c) => c.status === 'available' || c.status === 'preparing'),
    ) ?? point.evses[0]
  $('start-where').textContent = `${point.identity}, EVSE ${free?.id ?? 1}`
  $('start').onclose = () => {
    if ($('start').returnValue === 'start')
      void order(point.identity, `Starting at ${point.identity}`, {
        type: 'startCharging',
        evse: free?.id ?? 1,
        token: $('start-token').value.trim(),
      })
  }
  $('start').returnValue = ''
  $('start').showModal()
}

// --- What happens -----------------------------------------------------------------------------------------------------------

const pointOf = (identity) => {
  if (!state.points.has(identity)) state.points.set(identity, { identity, online: false, model: null, evses: [] })
  return state.points.get(identity)
}

const heard = {
  'charge-point.connected': (e) => (pointOf(e.chargePoint).online = true),
  'charge-point.disconnected': (e) => (pointOf(e.chargePoint).online = false),
  'charge-point.registered': (e) => pointOf(e.chargePoint),
  'charge-point.removed': (e) => state.points.delete(e.chargePoint),
  'charge-point.booted': (e) => (pointOf(e.chargePoint).model = e.model),
  'connector.status'(e) {
    if (e.evse === 0) return
    const point = pointOf(e.chargePoint)
    const connector = { id: e.connector, status: e.status, errorCode: e.errorCode }
    const evse = point.evses.find((known) => known.id === e.evse)
    if (evse === undefined)
      point.evses = [...point.evses, { id: e.evse, connectors: [connector], session: null }].toSorted(
        (a, b) => a.id - b.id,
      )
    else
      evse.connectors = [...evse.connectors.filter((known) => known.id !== e.connector), connector].toSorted(
        (a, b) => a.id - b.id,
      )
  },
  'session.started': (e) =>
    state.sessions.set(e.session, {
      id: e.session,
      chargePoint: e.chargePoint,
      evse: e.evse,
      startedAt: e.at,
      energyWh: e.energyWh,
    }),
  // where it is and whose it is may be told later than that it is
  'session.changed'(e) {
    const session = state.sessions.get(e.session)
    if (session) session.evse = e.evse
  },
  'session.ended': (e) => state.sessions.delete(e.session),
  'session.closed': (e) => state.sessions.delete(e.session),
  'session.inferred': (e) => state.sessions.delete(e.session),
  'session.meter'(e) {
    const session = state.sessions.get(e.session)
    if (session) session.energyWh = e.energyWh
  },
  'site.changed': () => loadMarketSoon(),
  'evse.changed': () => loadMarketSoon(),
  'roaming-partner.changed': () => listPartnersSoon(),
  'sim.changed': () => listSimsSoon(),
  'cdr.issued'(e) {
    state.issued++
    state.cdrs.unshift({ ...e, endedAt: e.at })
    state.cdrs.length = Math.min(state.cdrs.length, 50)
  },
}

const follow = () => {
  state.stream?.close()
  const stream = new EventSource('/api/v1/events')
  state.stream = stream
  stream.onopen = () => ($('link').textContent = 'live')
  stream.onerror = () =>
    ($('link').textContent =
      stream.readyState === EventSource.CLOSED ? 'not live with this key' : 'connection lost, trying again …')
  for (const [type, hear] of Object.entries(heard))
    stream.addEventListener(type, (event) => {
      hear(JSON.parse(event.data))
      draw()
    })
}

const everyOf = async (path, take) => {
  for (let [cursor, taken] = ['', 0]; ;) {
    const page = await api(`${path}?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
    for (const item of page.items) take(item)
    taken += page.items.length
    if (page.next === null || taken >= 5000) return
    cursor = page.next
  }
}

const loadMarket = async () => {
  const market = { sites: [], stations: [], evses: [] }
  await everyOf('/api/v1/sites', (site) => market.sites.push(site))
  await everyOf('/api/v1/charging-stations', (station) => market.stations.push(station))
  await everyOf('/api/v1/evses', (evse) => market.evses.push(evse))
  state.market = market
  draw()
}

/** Once for many changes that come together. */
const loadMarketSoon = () => {
  state.marketDue ??= setTimeout(() => {
    state.marketDue = undefined
    loadMarket().catch((error) => ($('outcome').textContent = error.message))
  }, 1000)
}

const listSimsSoon = () => {
  state.simsDue ??= setTimeout(() => {
    state.simsDue = undefined
    void sims.list()
  }, 1000)
}

const listPartnersSoon = () => {
  state.roamingDue ??= setTimeout(() => {
    state.roamingDue = undefined
    void roaming.list()
  }, 1000)
}

/** What a key may not see is left empty, and said so: the rest is there all the same. */
const asAllowed = async (work) => {
  try {
    await work()
  } catch (error) {
    if (error.status !== 403) throw error
    $('outcome').textContent = `Some of this is not shown with this key: ${error.message}.`
  }
}

const load = async () => {
  follow()
  await asAllowed(() => everyOf('/api/v1/charge-points', (point) => state.points.set(point.identity, point)))
  await asAllowed(loadMarket)
  await asAllowed(async () => {
    for (const session of (await api('/api/v1/sessions?state=open&limit=200')).items)
      state.sessions.set(session.id, session)
  })
  await asAllowed(async () => {
    state.cdrs = (await api('/api/v1/cdrs?limit=50')).items
  })
  draw()
  await asAllowed(explain)
  await asAllowed(() => roaming.follow(location.hash))
  await asAllowed(() => sims.follow(location.hash))
  await asAllowed(() => sims.list())
  await asAllowed(() => roaming.load())
  await asAllowed(() => settlement.load())
}

// --- Signing in ---------------------------------------------------------------------------------------------------------------

const askForKey = () => {
  state.stream?.close()
  // nobody could reach the door behind them
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close()
  $('console').hidden = true
  $('resale').hidden = true
  $('leave').hidden = true
  $('back').hidden = true
  $('door').hidden = false
  $('link').textContent = ''
  $('refused').textContent = new URLSearchParams(location.search).has('expired')
    ? 'That link was used before. Sign in with a key.'
    : ''
  $('key').focus()
}

const enter = async () => {
  const response = await fetch('/session')
  if (!response.ok) return askForKey()
  const { csrf, name, kind, home } = await response.json()
  state.csrf = csrf
  $('door').hidden = true
  $('leave').hidden = false
  $('back').hidden = home === null
  $('back').onclick = () => void enterTenant(home)
  if (home !== null) $('link').textContent = name
  $('resale').hidden = kind !== 'reseller'
  $('console').hidden = kind === 'reseller'
  return kind === 'reseller' ? resale.load() : load()
}

const signIn = async () => {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: $('key').value.trim() }),
  })
  $('key').value = ''
  if (response.ok) await enter()
  else $('refused').textContent = 'This key is not valid.'
}
$('enter').addEventListener('submit', (event) => {
  event.preventDefault()
  void signIn()
})
$('leave').addEventListener(
  'click',
  () => void fetch('/session', { method: 'DELETE' }).then(() => location.assign('/')),
)
$('filter').addEventListener('input', draw)
$('why').addEventListener('close', () => {
  if (location.hash.startsWith('#cdr=')) history.replaceState(null, '', location.pathname)
})
addEventListener('hashchange', () => {
  void explain()
  void roaming.follow(location.hash)
  void sims.follow(location.hash)
})

void enter()
