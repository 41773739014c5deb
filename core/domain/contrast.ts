/** How well text can be read on its ground: contrast as WCAG 2.2 defines it (relative luminance, success criterion 1.4.3). */

/** `#0b5cad` */
export type Colour = string

export const colourPattern = /^#[0-9a-f]{6}$/

/** AA, of text that is not large. */
export const readable = 4.5

const linear = (channel: number): number => {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

const luminance = (colour: Colour): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16)))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** From 1, of two that are the same, to 21, of black and white. */
export const contrast = (one: Colour, other: Colour): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** As people name it, never more than it is: `4.49:1` is no 4.5. */
export const ratioOf = (value: number): string => `${(Math.floor(value * 100) / 100).toFixed(2)}:1`
