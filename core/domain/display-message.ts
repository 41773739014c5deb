import type { Component } from './variable.ts'

/** What is shown on a station's display (OCPP 2.0.1 part 2 O). */
export const displayPriorities = ['alwaysFront', 'inFront', 'normalCycle'] as const
export type DisplayPriority = (typeof displayPriorities)[number]

/** While the station is like this; the last two from 2.1 on. */
export const displayStates = ['charging', 'faulted', 'idle', 'unavailable', 'suspended', 'discharging'] as const
export type DisplayState = (typeof displayStates)[number]

/** The last from 2.1 on. */
export const displayFormats = ['ASCII', 'HTML', 'URI', 'UTF8', 'QRCODE'] as const
export type DisplayFormat = (typeof displayFormats)[number]

export interface DisplayText {
  readonly format: DisplayFormat
  /** RFC 5646, `en`. */
  readonly language?: string
  readonly content: string
}

export interface DisplayMessage {
  /** One with the same is replaced; else one is chosen. */
  readonly id?: number
  readonly priority: DisplayPriority
  readonly state?: DisplayState
  /** Milliseconds since 1970 UTC. */
  readonly startsAt?: number
  readonly endsAt?: number
  /** It is shown with this session, and goes with it. */
  readonly session?: string
  /** The display, where there are several. */
  readonly display?: Component
  readonly text: DisplayText
  /** The same in other languages (2.1). */
  readonly texts?: readonly DisplayText[]
}
