import { type Colour, contrast, ratioOf, readable } from './contrast.ts'

/**
 * How a tenant shows itself to people: its name, its logo, its colours, and the host names at which it is found. What a CPO
 * says nothing about it has from its reseller; host names are each one's own.
 */
export interface Brand {
  readonly name?: string
  readonly colours?: Colours
  readonly logo?: Logo
  readonly hosts: Hosts
}

export const hostUses = ['ocpp', 'api', 'page'] as const
/** Where charge points connect, programs ask, people look; each canonical (host-name.ts). */
export type Hosts = Readonly<Partial<Record<(typeof hostUses)[number], string>>>

export interface Logo {
  readonly type: LogoType
  /** SHA-256, hexadecimal: a logo that changes has another address. */
  readonly digest: string
}
export const logoTypes = ['image/png', 'image/svg+xml'] as const
export type LogoType = (typeof logoTypes)[number]

/** What a brand may change of a page, by its names there. */
export const brandColours = ['ink', 'quiet', 'paper', 'sheet', 'line', 'accent'] as const
export type BrandColour = (typeof brandColours)[number]
export const modes = ['light', 'dark'] as const
export type Mode = (typeof modes)[number]

/** By whether the reader's screen is light or dark; what is not given is as it is without a brand. */
export type Colours = Readonly<Partial<Record<Mode, Readonly<Partial<Record<BrandColour, Colour>>>>>>

/** The page's own colours, as its style sheet has them (a test holds them together). The last four tell how something stands. */
export const pageColours: Readonly<Record<Mode, Readonly<Record<string, Colour>>>> = {
  light: {
    ink: '#1b2430',
    quiet: '#54606f',
    paper: '#f6f7f9',
    sheet: '#ffffff',
    line: '#dce1e8',
    accent: '#0b5cad',
    good: '#0d6b3d',
    busy: '#0b5cad',
    warn: '#8a5200',
    bad: '#a3202c',
  },
  dark: {
    ink: '#e6ebf2',
    quiet: '#a3afbd',
    paper: '#12171e',
    sheet: '#1a212b',
    line: '#2c3643',
    accent: '#7db8f5',
    good: '#6ed49d',
    busy: '#86bdf7',
    warn: '#f0b96a',
    bad: '#f4949c',
  },
}

const texts = ['ink', 'quiet', 'accent', 'good', 'busy', 'warn', 'bad'] as const
const grounds = ['paper', 'sheet'] as const

interface ColourFault {
  readonly pointer: string
  readonly detail: string
}

/**
 * Where text could not be read: each pair of a text and its ground below WCAG AA, with its ratio. The field that is named is
 * the one that the brand has given; a pair of which it has given none is the page's own.
 */
export const colourFaults = (colours: Colours): readonly ColourFault[] =>
  modes.flatMap((mode) => {
    const given: Readonly<Partial<Record<string, Colour>>> = colours[mode] ?? {}
    const whole: Readonly<Record<string, Colour | undefined>> = { ...pageColours[mode], ...given }
    return texts.flatMap((text) =>
      grounds.flatMap((ground) => {
        const named = given[text] === undefined ? ground : text
        const ratio = contrast(whole[text] ?? '', whole[ground] ?? '')
        if (given[named] === undefined || ratio >= readable) return []
        const detail = `${text} ${whole[text] ?? ''} on ${ground} ${whole[ground] ?? ''} has a contrast of ${ratioOf(ratio)}: text needs 4.5:1 (WCAG 2.2 AA)`
        return [{ pointer: `/colours/${mode}/${named}`, detail }]
      }),
    )
  })

/** What a CPO shows: its own, and of its reseller's what it says nothing about. Colours are one thing: they were looked at together. */
export const shownBrand = (own: Brand | undefined, above: Brand | undefined): Omit<Brand, 'hosts'> => {
  const { name, colours, logo } = { ...above, ...own }
  return {
    ...(name !== undefined && { name }),
    ...(colours !== undefined && { colours }),
    ...(logo !== undefined && { logo }),
  }
}
