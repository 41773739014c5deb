import type { Note } from '../field.ts'
import type { EnergyMix } from '../model.ts'
import type { EnergySource, EvseDataRecord } from './records.ts'

/** Where the energy comes from, in the words of OICP 2.3 (EnergySourceType, EnvironmentalImpactType). */

const sources: Readonly<Record<string, string>> = {
  NUCLEAR: 'NuclearEnergy',
  COAL: 'Coal',
  GAS: 'NaturalGas',
  SOLAR: 'Solar',
  WIND: 'Wind',
  WATER: 'HydroPower',
}

type Said = Pick<EvseDataRecord, 'RenewableEnergy' | 'EnergySource' | 'EnvironmentalImpact'>

export const energyOf = (mix: EnergyMix | undefined, note: Note): Said => {
  if (mix === undefined) {
    note('filled', 'whether its energy is renewable is not known: it is not claimed', '/energy_mix')
    return { RenewableEnergy: false }
  }
  const known = (mix.energy_sources ?? []).flatMap((one, i) => {
    const source = sourceOf(one, (rule, detail) => note(rule, detail, `/energy_mix/energy_sources/${i}`))
    return source === undefined ? [] : [source]
  })
  const impact = impactOf(mix)
  return {
    RenewableEnergy: mix.is_green_energy,
    ...(known.length > 0 && { EnergySource: known }),
    ...(impact !== undefined && { EnvironmentalImpact: impact }),
  }
}

type Source = NonNullable<EnergyMix['energy_sources']>[number]

const sourceOf = ({ source, percentage }: Source, note: Note): EnergySource | undefined => {
  const energy = sources[source]
  if (energy === undefined) {
    note('noValue', `OICP has no energy of ${source}`)
    return undefined
  }
  const share = Math.floor(Number(percentage))
  // it has two digits for it: of all there is no share
  if (share < 0 || share > 99) {
    note('noValue', `OICP has no share of ${percentage} %`)
    return { Energy: energy }
  }
  if (String(share) !== String(Number(percentage))) note('rounded', `${percentage} % are said as ${share} %`)
  return { Energy: energy, Percentage: share }
}

const impactOf = ({ environ_impact = [] }: EnergyMix): Said['EnvironmentalImpact'] => {
  const of = (category: string): number | undefined => {
    const amount = environ_impact.find((one) => one.category === category)?.amount
    return amount === undefined ? undefined : Number(amount)
  }
  const [co2, waste] = [of('CARBON_DIOXIDE'), of('NUCLEAR_WASTE')]
  if (co2 === undefined && waste === undefined) return undefined
  return { ...(co2 !== undefined && { CO2Emission: co2 }), ...(waste !== undefined && { NuclearWaste: waste }) }
}
