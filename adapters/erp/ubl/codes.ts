const codes = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** ISO 3166-1 alpha-2; 1A is Kosovo, XI Northern Ireland. */
export const countries = codes(`
  1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
  BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM
  FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
  JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN
  MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT
  PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL
  TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW
`)

/** ISO 4217. */
export const currencies = codes(`
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
  CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
  GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
  LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
  PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
  TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XOF XPD
  XPF XPT XSU XUA YER ZAR ZMW ZWG
`)

/** By what electronic addresses are named: the EAS list of the European Commission. */
export const easSchemes = codes(`
  0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190
  0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216
  0217 0218 0221 0225 0230 0235 0240 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929
  9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951
  9952 9953 9957 9959
`)

/** ISO 6523: who gives numbers to organisations. Four digits; those between that were never given are few. */
export const icdSchemes = {
  has: (scheme: string): boolean =>
    /^\d{4}$/.test(scheme) &&
    scheme >= '0002' &&
    scheme <= '0240' &&
    !['0092', '0103', '0181', '0182'].includes(scheme),
}

const digitsOf = (text: string): readonly number[] => text.split('').map(Number)

/** GS1: weights 3 and 1 from the right. */
const isGln = (text: string): boolean => {
  const digits = digitsOf(text).toReversed()
  return /^\d{13}$/.test(text) && digits.reduce((sum, digit, i) => sum + digit * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0
}

const weighted = (text: string, weights: readonly number[]): number =>
  digitsOf(text).reduce((sum, digit, i) => sum + digit * (weights[i] ?? 0), 0)

const isNorwegian = (text: string): boolean =>
  /^\d{9}$/.test(text) && weighted(text, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0

const isBelgian = (text: string): boolean =>
  /^\d{10}$/.test(text) && Number(text.slice(8)) === 97 - (Number(text.slice(0, 8)) % 97)

/** Luhn. */
const isSwedish = (text: string): boolean => {
  const doubled = digitsOf(text).map((digit, i) => (i % 2 === 0 ? digit * 2 : digit))
  return /^\d{10}$/.test(text) && doubled.reduce((sum, n) => sum + (n > 9 ? n - 9 : n), 0) % 10 === 0
}

/** Numbers that can be seen to be wrong, by their scheme. */
export const schemeForms = [
  {
    id: 'PEPPOL-COMMON-R040',
    scheme: '0088',
    text: 'A GLN has 13 digits, the last of which checks them.',
    isOne: isGln,
  },
  { id: 'PEPPOL-COMMON-R041', scheme: '0192', text: 'A Norwegian organisation number is one.', isOne: isNorwegian },
  {
    id: 'PEPPOL-COMMON-R042',
    scheme: '0184',
    text: 'A Danish CVR number has eight digits.',
    isOne: (text: string) => /^(?:DK)?\d{8}$/.test(text),
  },
  { id: 'PEPPOL-COMMON-R043', scheme: '0208', text: 'A Belgian enterprise number is one.', isOne: isBelgian },
  { id: 'PEPPOL-COMMON-R049', scheme: '0007', text: 'A Swedish organisation number is one.', isOne: isSwedish },
] as const
