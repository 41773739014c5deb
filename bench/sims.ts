/** The SIM cards of a demonstration, and who provides them: a provider that there is not (adapters/sim/simulator.ts). */

const first = 8_988_000_000_000_000_000n

/** That of the charger of this number, from 1, as its modem reports it: filled up, as the card has it. */
export const iccidOf = (charger: number): string => `${first + BigInt(charger)}F`

export const simProvider = (chargers: number) => ({
  kind: 'simulator',
  settings: {
    first: String(first + 1n),
    count: chargers,
    capMb: '500',
    tariff: { currency: 'EUR', perMonth: '0.80', perMb: '0.01' },
  },
})
