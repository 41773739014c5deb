import type { Protocol2 } from '../../../core/ocpp/version.ts'
import { authorisation } from './authorisation.ts'
import { availability } from './availability.ts'
import { battery } from './battery.ts'
import { certificates } from './certificates.ts'
import { customers } from './customers.ts'
import { der } from './der.ts'
import { deviceModel } from './device-model.ts'
import { display } from './display.ts'
import { dynamic } from './dynamic.ts'
import { firmware } from './firmware.ts'
import { log } from './log.ts'
import { monitoring } from './monitoring.ts'
import { network } from './network.ts'
import { remote } from './remote.ts'
import type { Answers } from './reply.ts'
import { reservation } from './reservation.ts'
import { reset } from './reset.ts'
import { smartCharging } from './smart-charging.ts'
import { streams } from './streams.ts'
import { tariff } from './tariff.ts'
import { trigger } from './trigger.ts'
import { vendor } from './vendor.ts'

/** To every order of 2.0.1. */
const common: Answers = {
  ...authorisation,
  ...availability,
  ...certificates,
  ...customers,
  ...deviceModel,
  ...display,
  ...firmware,
  ...log,
  ...monitoring,
  ...network,
  ...remote,
  ...reservation,
  ...reset,
  ...smartCharging,
  ...trigger,
  ...vendor,
}

/** And to those that 2.1 has brought. */
const newer: Answers = { ...battery, ...der, ...dynamic, ...streams, ...tariff }

/** What this station answers, by the version it speaks. */
export const answersOf = (protocol: Protocol2): Answers => (protocol === 'ocpp2.1' ? { ...common, ...newer } : common)
