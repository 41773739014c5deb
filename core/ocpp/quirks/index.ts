import { abbTerra } from './abb-terra.ts'
import { aefa } from './aefa.ts'
import { autel } from './autel.ts'
import { enPlus } from './en-plus.ts'
import { grizzlE } from './grizzl-e.ts'
import { growatt } from './growatt.ts'
import { huawei } from './huawei.ts'
import { injet } from './injet.ts'
import { jigu } from './jigu.ts'
import { legrand } from './legrand.ts'
import { ocular } from './ocular.ts'
import { openevse } from './openevse.ts'
import type { QuirkPack } from './pack.ts'
import { sigen } from './sigen.ts'
import { wallbe } from './wallbe.ts'
import { zjBeny } from './zj-beny.ts'

/** Every make we know to be special; one that is not here is read as everybody is. */
export const packs: readonly QuirkPack[] = [
  abbTerra,
  aefa,
  autel,
  enPlus,
  grizzlE,
  growatt,
  huawei,
  injet,
  jigu,
  legrand,
  ocular,
  openevse,
  sigen,
  wallbe,
  zjBeny,
]
