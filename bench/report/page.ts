import { type Compared, line } from './compare.ts'
import { escaped, type Line, plot } from './plot.ts'
import { type Figures, isMet, isResolved, type Report } from './report.ts'

/** Reports as one page that needs nothing else: figures against what is asked, distributions, how it went over time. */
export const page = (reports: readonly Report[], compared: readonly Compared[]): string => {
  const [first] = reports
  if (first === undefined) return ''
  const { host, build, at } = first
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Stationmaster bench: ${escaped(reports.map(({ scenario }) => scenario).join(', '))}</title><style>${style}</style>
<h1>Stationmaster bench</h1><p>Build <code>${escaped(build)}</code>, ${escaped(at)}. ${escaped(host.cpu)}, ${host.cores} cores, ${host.memoryGib} GiB, Linux ${escaped(host.kernel)}, ${host.descriptors.toLocaleString('en')} descriptors a process, Bun ${escaped(host.bun)}, Node ${escaped(host.node)}. Server on one core, everything else on the other; others use the host too, so compare within a run and not between hosts.</p>
<nav>${reports.map(({ scenario }) => `<a href="#${scenario}">${scenario}</a>`).join(' ')}</nav>
${gates(reports)}${reports.map(section).join('\n')}${since(compared)}</html>\n`
}

const gates = (reports: readonly Report[]): string => {
  const rows = reports.flatMap(({ scenario, ratios }) =>
    ratios
      .filter(({ gate }) => gate !== undefined)
      .map((ratio) => {
        const { name, value, gate } = ratio
        return `<tr class="${isMet(ratio) ? 'met' : 'missed'}"><td>${scenario}</td><td>${escaped(name)}</td><td class="n">${value.toPrecision(3)}</td><td>${gate?.is} ${gate?.first}</td><td>${gate?.aim}</td><td>${isMet(ratio) ? 'met' : 'missed'}</td></tr>`
      }),
  )
  if (rows.length === 0) return ''
  return `<h2>What is asked</h2><table><tr><th>scenario</th><th>figure</th><th>value</th><th>first gate</th><th>aim</th><th></th></tr>${rows.join('')}</table>`
}

const section = ({ scenario, command, took, ratios, facts, figures, seconds, curves }: Report): string =>
  `<h2 id="${scenario}">${scenario}</h2><p><code>${escaped(command)}</code>, ${took} s</p>
${ratios.length === 0 ? '' : `<table><tr><th>ratio</th><th>median</th><th>pairs</th><th>A/A differ by</th><th></th></tr>${ratios.map((r) => `<tr><td>${escaped(r.name)}</td><td class="n">${r.value.toPrecision(3)}</td><td class="n">${r.pairs.length}</td><td class="n">${r.spread === null ? '–' : `${(r.spread * 100).toFixed(0)} %`}</td><td>${r.spread !== null && !isResolved(r) ? 'not resolved from 1' : ''}</td></tr>`).join('')}</table>`}
${facts.length === 0 ? '' : `<table>${facts.map(({ name, value, unit }) => `<tr><td>${escaped(name)}</td><td class="n">${+value.toPrecision(4)}</td><td>${escaped(unit)}</td></tr>`).join('')}</table>`}
${figuresTable(figures)}
<div class="plots">${plot(
    'Latency distribution',
    { label: 'share of answers', ticks: shareTicks },
    { label: 'ms', isLog: true },
    curves.map(({ name, points }) => ({
      name,
      points: points.map(([share, us]) => [nines(share), us / 1_000] as const),
    })),
  )}
${overTime('Messages per second', 'msg/s', seconds, (s) => s.perS)}${overTime('p99 of each second', 'ms', seconds, (s) => s.p99 / 1_000, true)}${overTime('Sockets', 'sockets', seconds, (s) => s.sockets)}${overTime('Memory of the server', 'MB', seconds, (s) => s.memoryMb)}</div>`

const figuresTable = (figures: readonly Figures[]): string => {
  if (figures.length === 0) return ''
  const rows = figures.map((f) => {
    const { all } = f.latency
    const cells = [
      f.perS,
      (all?.p50 ?? 0) / 1e3,
      (all?.p99 ?? 0) / 1e3,
      (all?.p999 ?? 0) / 1e3,
      f.cpuUs.server,
      f.cpuUs.database,
      f.cpuUs.redis,
      f.cpuUs.client,
      f.busy.server,
      f.lagP99 / 1e3,
    ]
    return `<tr${f.invalid.length > 0 ? ' class="missed"' : ''}><td>${f.target}</td><td>${escaped(f.phase)}</td><td class="n">${f.chargers.toLocaleString('en')}</td>${cells.map((c) => `<td class="n">${+c.toPrecision(3)}</td>`).join('')}<td>${escaped(f.invalid.join(', '))}</td></tr>`
  })
  return `<table><tr><th>target</th><th>window</th><th>sockets</th><th>msg/s</th><th>p50 ms</th><th>p99</th><th>p99.9</th><th>µs CPU/msg server</th><th>PostgreSQL</th><th>Redis</th><th>client</th><th>server core</th><th>lag p99 ms</th><th>invalid because</th></tr>${rows.join('')}</table>`
}

const overTime = (
  title: string,
  label: string,
  seconds: Report['seconds'],
  of: (second: Report['seconds'][number]) => number,
  isLog = false,
): string => {
  const lines = new Map<string, [number, number][]>()
  let [run, before] = [0, -1]
  for (const second of seconds) {
    if (second.s < before) run++
    before = second.s
    const name = `${second.target}${run === 0 ? '' : ` ${run + 1}`}`
    lines.set(name, [...(lines.get(name) ?? []), [second.s, of(second)]])
  }
  const few: readonly Line[] = [...lines].slice(0, 8).map(([name, points]) => ({ name, points }))
  return plot(title, { label: 's' }, { label, isLog }, few)
}

const since = (compared: readonly Compared[]): string =>
  compared.length === 0
    ? ''
    : `<h2>Since the last run</h2><pre>${compared.map((c) => escaped(line(c))).join('\n')}</pre>`

/** Where a share is drawn: each nine more is as wide as the one before. */
const nines = (share: number): number => -Math.log10(1 - Math.min(share, 0.999_99))
const shareTicks: readonly (readonly [number, string])[] = [
  [0, '0'],
  [nines(0.5), '50 %'],
  [nines(0.9), '90 %'],
  [nines(0.99), '99 %'],
  [nines(0.999), '99.9 %'],
  [nines(0.9999), '99.99 %'],
]

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:1200px;margin:2rem auto;padding:0 1rem;color:#212529}table{border-collapse:collapse;margin:1rem 0;font-size:13px}th,td{border-bottom:1px solid #dee2e6;padding:.25rem .6rem;text-align:left}.n{text-align:right;font-variant-numeric:tabular-nums}.met td:last-child{color:#2b8a3e}.missed td:last-child{color:#c92a2a}.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(460px,1fr));gap:1rem}figure{margin:0}figcaption{font-weight:600}svg{width:100%;font-size:11px}.g{stroke:#e9ecef}.legend span{margin-right:1rem;font-size:12px}.legend i{display:inline-block;width:10px;height:10px;margin-right:4px}pre{font-size:12px;overflow-x:auto}nav a{margin-right:.7rem}@media(prefers-color-scheme:dark){body{background:#16191d;color:#dee2e6}th,td{border-color:#343a40}.g{stroke:#343a40}svg text{fill:#adb5bd}a{color:#74c0fc}}'
