/** A line of a plot. */
export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Axis {
  readonly label: string
  readonly isLog?: boolean
  readonly ticks?: readonly (readonly [at: number, text: string])[]
}

const size = { width: 560, height: 250, left: 58, right: 10, top: 12, bottom: 40 }
const colours = ['#0b7285', '#c92a2a', '#5f3dc4', '#2b8a3e', '#e67700', '#495057', '#a61e4d', '#1864ab']

/** Lines as SVG, drawn here, so that a report is one file that needs nothing from anywhere. */
export const plot = (title: string, x: Axis, y: Axis, given: readonly Line[]): string => {
  const lines = given
    .map(({ name, points }) => ({ name, points: points.filter(([, v]) => !y.isLog || v > 0) }))
    .filter(({ points }) => points.length > 1)
  const all = lines.flatMap(({ points }) => points)
  if (all.length === 0) return ''
  const scaleX = scale(
    x,
    all.map(([at]) => at),
    size.left,
    size.width - size.right,
  )
  const scaleY = scale(
    y,
    all.map(([, at]) => at),
    size.height - size.bottom,
    size.top,
  )
  const grid = [
    ...scaleX.ticks.map(
      ([at, text]) =>
        `<line x1="${at}" x2="${at}" y1="${size.top}" y2="${size.height - size.bottom}" class="g"/><text x="${at}" y="${size.height - size.bottom + 14}" text-anchor="middle">${text}</text>`,
    ),
    ...scaleY.ticks.map(
      ([at, text]) =>
        `<line x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}" class="g"/><text x="${size.left - 6}" y="${at + 4}" text-anchor="end">${text}</text>`,
    ),
  ]
  const drawn = lines.map(
    ({ points }, i) =>
      `<polyline fill="none" stroke="${colours[i % colours.length]}" stroke-width="1.6" points="${points.map(([a, b]) => `${scaleX.at(a).toFixed(1)},${scaleY.at(b).toFixed(1)}`).join(' ')}"/>`,
  )
  const legend = lines.map(
    ({ name }, i) => `<span><i style="background:${colours[i % colours.length]}"></i>${escaped(name)}</span>`,
  )
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escaped(title)}">${grid.join('')}${drawn.join('')}<text x="${(size.left + size.width) / 2}" y="${size.height - 6}" text-anchor="middle">${escaped(x.label)}</text><text transform="translate(12 ${size.height / 2}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text></svg><div class="legend">${legend.join('')}</div></figure>`
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

interface Scale {
  at(value: number): number
  readonly ticks: readonly (readonly [at: number, text: string])[]
}

const scale = ({ isLog = false, ticks }: Axis, values: readonly number[], from: number, to: number): Scale => {
  const map = (value: number): number => (isLog ? Math.log10(Math.max(value, 1e-9)) : value)
  const known = [...values, ...(ticks ?? []).map(([at]) => at)].map(map)
  let [least, most] = [Math.min(...known), Math.max(...known)]
  if (isLog && ticks === undefined) [least, most] = [Math.floor(least), Math.ceil(most)]
  if (!isLog && ticks === undefined) least = Math.min(0, least)
  if (least === most) most = least + 1
  const at = (value: number): number => from + ((map(value) - least) / (most - least)) * (to - from)
  if (ticks !== undefined) return { at, ticks: ticks.map(([value, text]) => [at(value), text]) }
  if (isLog) {
    const decades = Array.from({ length: most - least + 1 }, (_, i) => 10 ** (least + i))
    return { at, ticks: decades.map((value) => [at(value), short(value)]) }
  }
  const step = niceStep((most - least) / 5)
  const steps = Array.from(
    { length: Math.floor((most - least) / step) + 1 },
    (_, i) => Math.ceil(least / step) * step + i * step,
  )
  return { at, ticks: steps.filter((value) => value <= most).map((value) => [at(value), short(value)]) }
}

const niceStep = (rough: number): number => {
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power
}

const short = (value: number): string =>
  value >= 1e6
    ? `${+(value / 1e6).toPrecision(3)}M`
    : value >= 1e3
      ? `${+(value / 1e3).toPrecision(3)}k`
      : String(+value.toPrecision(3))
