import { type TaxCategory, taxCategories } from '../../../core/invoicing/tax.ts'
import type { Paper, Rule } from './paper.ts'
import { all, has, type Node, numberAt, sumAt, textAt } from './reading.ts'

const words: Readonly<Record<TaxCategory, string>> = {
  S: 'standard rated',
  Z: 'zero rated',
  E: 'exempt from VAT',
  AE: 'reverse charge',
  O: 'not subject to VAT',
}

const lineTax = 'cac:Item/cac:ClassifiedTaxCategory'
const itsTax = 'cac:TaxCategory'

const vatNumber = (parties: readonly Node[]): boolean =>
  parties.some((party) => has(party, 'cac:PartyTaxScheme/cbc:CompanyID'))
const registered = (parties: readonly Node[]): boolean =>
  parties.some((party) => has(party, 'cac:PartyLegalEntity/cbc:CompanyID'))

/** What is sold under a category, by where it stands. */
const under = (category: TaxCategory, paper: Paper) => {
  const of = (nodes: readonly Node[], path: string): readonly Node[] =>
    nodes.filter((node) => textAt(node, `${path}/cbc:ID`) === category)
  return {
    lines: of(paper.lines, lineTax),
    allowances: of(paper.allowances, itsTax),
    charges: of(paper.charges, itsTax),
    subtotals: of(paper.subtotals, itsTax),
  }
}

/** Whether the parties are named as the tax office wants it of this category. */
const identified = (category: TaxCategory, { seller, buyer }: Paper): boolean => {
  if (category === 'O') return !vatNumber(seller) && !vatNumber(buyer)
  return vatNumber(seller) && (category !== 'AE' || vatNumber(buyer) || registered(buyer))
}

const identification = (category: TaxCategory): string => {
  if (category === 'O') return 'neither seller nor buyer shows a VAT number'
  return category === 'AE'
    ? 'the seller shows its VAT number, and the buyer its own or one in a register'
    : 'the seller shows its VAT number'
}

/** S above nothing, O none at all, the others nothing. */
const rateHolds = (category: TaxCategory, tax: Node | undefined): boolean => {
  const rate = tax === undefined ? undefined : numberAt(tax, 'cbc:Percent')
  if (category === 'O') return rate === undefined
  return category === 'S' ? (rate ?? 0n) > 0n : rate === 0n
}

/** What of it belongs to a subtotal: of S to each rate its own. */
const taxableHolds = (category: TaxCategory, subtotal: Node, paper: Paper): boolean => {
  const rate = numberAt(subtotal, `${itsTax}/cbc:Percent`)
  const same = (path: string) => (node: Node) => category !== 'S' || numberAt(node, `${path}/cbc:Percent`) === rate
  const { lines, allowances, charges } = under(category, paper)
  const sum =
    sumAt(lines.filter(same(lineTax)), 'cbc:LineExtensionAmount') -
    sumAt(allowances.filter(same(itsTax)), 'cbc:Amount') +
    sumAt(charges.filter(same(itsTax)), 'cbc:Amount')
  return numberAt(subtotal, 'cbc:TaxableAmount') === sum
}

const isExplained = (subtotal: Node): boolean =>
  has(subtotal, `${itsTax}/cbc:TaxExemptionReason`) || has(subtotal, `${itsTax}/cbc:TaxExemptionReasonCode`)

/** The ten rules that every category has, under its own letters. */
const rulesOf = (category: TaxCategory): readonly Rule[] => {
  const rule = (number: string, text: string, holds: Rule['holds']): Rule => ({
    id: `BR-${category}-${number}`,
    text: `Of what is ${words[category]}: ${text}.`,
    holds,
  })
  const parts = (paper: Paper) => under(category, paper)
  const rate = category === 'O' ? 'has no rate' : category === 'S' ? 'has a rate above 0' : 'has the rate 0'
  const isTaxed = category === 'S'
  const isBare = category === 'S' || category === 'Z'
  return [
    rule('01', isTaxed ? 'there is a subtotal' : 'there is one subtotal', (paper) => {
      const { lines, allowances, charges, subtotals } = parts(paper)
      const isSold = lines.length + allowances.length + charges.length > 0
      return isTaxed ? !isSold || subtotals.length > 0 : subtotals.length === (isSold ? 1 : 0)
    }),
    rule(
      '02',
      `where a line is, ${identification(category)}`,
      (paper) => parts(paper).lines.length === 0 || identified(category, paper),
    ),
    rule(
      '03',
      `where an allowance is, ${identification(category)}`,
      (paper) => parts(paper).allowances.length === 0 || identified(category, paper),
    ),
    rule(
      '04',
      `where a charge is, ${identification(category)}`,
      (paper) => parts(paper).charges.length === 0 || identified(category, paper),
    ),
    rule('05', `a line ${rate}`, (paper) =>
      parts(paper).lines.every((line) => rateHolds(category, all(line, lineTax)[0])),
    ),
    rule('06', `an allowance ${rate}`, (paper) =>
      parts(paper).allowances.every((each) => rateHolds(category, all(each, itsTax)[0])),
    ),
    rule('07', `a charge ${rate}`, (paper) =>
      parts(paper).charges.every((each) => rateHolds(category, all(each, itsTax)[0])),
    ),
    rule('08', 'what is taxed is the sum of its lines and charges less its allowances', (paper) =>
      parts(paper).subtotals.every((subtotal) => taxableHolds(category, subtotal, paper)),
    ),
    rule('09', isTaxed ? 'the tax is the rate of what is taxed' : 'there is no tax', (paper) =>
      parts(paper).subtotals.every((subtotal) => isTaxed || numberAt(subtotal, 'cbc:TaxAmount') === 0n),
    ),
    rule('10', isBare ? 'no reason is given for an exemption' : 'a reason is given', (paper) =>
      parts(paper).subtotals.every((subtotal) => isExplained(subtotal) !== isBare),
    ),
  ]
}

const onlyO = (id: string, text: string, others: (paper: Paper) => readonly Node[], path: string): Rule => ({
  id,
  text,
  holds: (paper) =>
    under('O', paper).subtotals.length === 0 || others(paper).every((each) => textAt(each, `${path}/cbc:ID`) === 'O'),
})

const known = (id: string, nodes: (paper: Paper) => readonly Node[], path: string): Rule => ({
  id,
  text: 'A category of VAT is one that charging has: S, Z, E, AE or O.',
  holds: (paper) =>
    nodes(paper).every((node) => (taxCategories as readonly string[]).includes(textAt(node, `${path}/cbc:ID`))),
})

/** What the categories of VAT ask for. */
export const taxRules: readonly Rule[] = [
  // that of S is looked at with the sums: BR-CO-17
  ...taxCategories.flatMap(rulesOf).filter(({ id }) => id !== 'BR-S-09'),
  onlyO(
    'BR-O-11',
    'Beside what is not subject to VAT there is no other subtotal.',
    ({ subtotals }) => subtotals,
    itsTax,
  ),
  onlyO('BR-O-12', 'Beside what is not subject to VAT there is no other line.', ({ lines }) => lines, lineTax),
  onlyO(
    'BR-O-13',
    'Beside what is not subject to VAT there is no other allowance.',
    ({ allowances }) => allowances,
    itsTax,
  ),
  onlyO('BR-O-14', 'Beside what is not subject to VAT there is no other charge.', ({ charges }) => charges, itsTax),
  known('BR-CL-17', ({ subtotals, allowances, charges }) => [...subtotals, ...allowances, ...charges], itsTax),
  known('BR-CL-18', ({ lines }) => lines, lineTax),
]
