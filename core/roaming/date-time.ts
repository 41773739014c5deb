import { formatInstant } from '../domain/instant.ts'
import type { DateTime } from './model.ts'

/** `2026-11-27T12:00:00Z`: in whole seconds, which every partner can read; what is less than one is left out. */
export const dateTime = (ms: number): DateTime => `${formatInstant(Math.floor(ms / 1_000) * 1_000).slice(0, -5)}Z`
