import { quotient, unitOf } from '../../../core/domain/amount.ts'
import { type Paper, quantityName, type Rule } from './paper.ts'
import { all, has, type Node, numberAt, numberIn, sumAt, textAt } from './reading.ts'

const cent = unitOf(2)
const slack = 2n * cent

/** An amount of the totals; what is not there is nothing. */
const total = ({ totals }: Paper, name: string): bigint => sumAt(totals, name)

/** Of the totals: both sides are the same, to the last digit. */
const equal = (id: string, text: string, sides: (paper: Paper) => readonly [bigint, bigint]): Rule => ({
  id,
  text,
  holds: (paper) => {
    const [left, right] = sides(paper)
    return left === right
  },
})

const taxAmount = (paper: Paper): bigint =>
  sumAt(
    all(paper.root, 'cac:TaxTotal').filter((tax) => all(tax, 'cac:TaxSubtotal').length > 0),
    'cbc:TaxAmount',
  )

const decimals = (id: string, path: string, text: string, of: (paper: Paper) => readonly Node[]): Rule => ({
  id,
  text: `${text} has at most two decimals.`,
  holds: (paper) => of(paper).every((part) => !/\.\d{3}/.test(textAt(part, path))),
})

const totals = (paper: Paper): readonly Node[] => paper.totals
const subtotals = (paper: Paper): readonly Node[] => paper.subtotals

/** Quantity times price, as far as the slack of the rule. */
const isProduct = (line: Node, paper: Paper): boolean => {
  const [quantity, price] = [numberAt(line, quantityName(paper)), numberAt(line, 'cac:Price/cbc:PriceAmount')]
  const [net, per] = [
    numberAt(line, 'cbc:LineExtensionAmount'),
    numberIn(textAt(line, 'cac:Price/cbc:BaseQuantity') || '1'),
  ]
  if (quantity === undefined || price === undefined || net === undefined || per === undefined || per === 0n)
    return false
  // quantity × price ÷ per, compared without dividing: all of them in the same parts
  const difference = quantity * price - net * per
  return (difference < 0n ? -difference : difference) <= slack * (per < 0n ? -per : per)
}

const rateOf = (tax: Node): bigint => numberAt(tax, 'cac:TaxCategory/cbc:Percent') ?? 0n

/** Taxable amount times rate, to whole cents, halves away from zero. */
const taxOf = (tax: Node): bigint =>
  quotient((numberAt(tax, 'cbc:TaxableAmount') ?? 0n) * rateOf(tax), 100n * 10n ** 12n * cent) * cent

/** What has to add up, and in how many decimals. */
export const sumRules: readonly Rule[] = [
  equal('BR-CO-10', 'The lines add up to their sum.', (paper) => [
    total(paper, 'cbc:LineExtensionAmount'),
    sumAt(paper.lines, 'cbc:LineExtensionAmount'),
  ]),
  equal('BR-CO-11', 'The allowances add up to their sum.', (paper) => [
    total(paper, 'cbc:AllowanceTotalAmount'),
    sumAt(paper.allowances, 'cbc:Amount'),
  ]),
  equal('BR-CO-12', 'The charges add up to their sum.', (paper) => [
    total(paper, 'cbc:ChargeTotalAmount'),
    sumAt(paper.charges, 'cbc:Amount'),
  ]),
  equal('BR-CO-13', 'Lines less allowances and with charges are the total before tax.', (paper) => [
    total(paper, 'cbc:TaxExclusiveAmount'),
    total(paper, 'cbc:LineExtensionAmount') -
      total(paper, 'cbc:AllowanceTotalAmount') +
      total(paper, 'cbc:ChargeTotalAmount'),
  ]),
  equal('BR-CO-14', 'The taxes add up to their sum.', (paper) => [
    taxAmount(paper),
    sumAt(paper.subtotals, 'cbc:TaxAmount'),
  ]),
  equal('BR-CO-15', 'The total before tax and the tax are the total with tax.', (paper) => [
    total(paper, 'cbc:TaxInclusiveAmount'),
    total(paper, 'cbc:TaxExclusiveAmount') + taxAmount(paper),
  ]),
  equal('BR-CO-16', 'What is to be paid is the total with tax, less what was paid, and rounded.', (paper) => [
    total(paper, 'cbc:PayableAmount'),
    total(paper, 'cbc:TaxInclusiveAmount') -
      total(paper, 'cbc:PrepaidAmount') +
      total(paper, 'cbc:PayableRoundingAmount'),
  ]),
  {
    id: 'BR-CO-17',
    text: 'The tax of a category is its rate of what is taxed, rounded to two decimals.',
    holds: (paper) => paper.subtotals.every((tax) => numberAt(tax, 'cbc:TaxAmount') === taxOf(tax)),
  },
  decimals('BR-DEC-01', 'cbc:Amount', 'An allowance', ({ allowances }) => allowances),
  decimals('BR-DEC-05', 'cbc:Amount', 'A charge', ({ charges }) => charges),
  decimals('BR-DEC-09', 'cbc:LineExtensionAmount', 'The sum of the lines', totals),
  decimals('BR-DEC-10', 'cbc:AllowanceTotalAmount', 'The sum of the allowances', totals),
  decimals('BR-DEC-11', 'cbc:ChargeTotalAmount', 'The sum of the charges', totals),
  decimals('BR-DEC-12', 'cbc:TaxExclusiveAmount', 'The total before tax', totals),
  decimals('BR-DEC-13', 'cbc:TaxAmount', 'The tax', (paper) => all(paper.root, 'cac:TaxTotal')),
  decimals('BR-DEC-14', 'cbc:TaxInclusiveAmount', 'The total with tax', totals),
  decimals('BR-DEC-16', 'cbc:PrepaidAmount', 'What was paid', totals),
  decimals('BR-DEC-17', 'cbc:PayableRoundingAmount', 'The rounding', totals),
  decimals('BR-DEC-18', 'cbc:PayableAmount', 'What is to be paid', totals),
  decimals('BR-DEC-19', 'cbc:TaxableAmount', 'What is taxed', subtotals),
  decimals('BR-DEC-20', 'cbc:TaxAmount', 'The tax of a category', subtotals),
  decimals('BR-DEC-23', 'cbc:LineExtensionAmount', 'A line', (paper) => paper.lines),
  {
    id: 'PEPPOL-EN16931-R120',
    text: 'A line is its quantity times its price, but for two cents of rounding.',
    holds: (paper) => paper.lines.every((line) => isProduct(line, paper)),
  },
  {
    id: 'PEPPOL-EN16931-R121',
    text: 'The quantity that a price is for is more than nothing.',
    holds: (paper) =>
      paper.lines.every(
        (line) => !has(line, 'cac:Price/cbc:BaseQuantity') || (numberAt(line, 'cac:Price/cbc:BaseQuantity') ?? 0n) > 0n,
      ),
  },
]
