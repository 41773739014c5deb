import PDFDocument from 'pdfkit'
import { inWindows1252, unknown } from './windows-1252.ts'

/** One row of a page: texts in columns, of the same height everywhere. */
export interface SheetRow {
  readonly cells: readonly string[]
  readonly columns: readonly Column[]
  readonly isStrong?: boolean
  /** A line above it. */
  readonly isTotal?: boolean
}

export interface Column {
  /** Points. */
  readonly width: number
  readonly align?: 'right'
}

export interface Sheet {
  readonly title: string
  readonly subtitle: string
  /** How many rows there will be: pages say of how many they are one. */
  readonly rows: number
  /** What the file says of when it was made; the same time gives the same bytes. */
  readonly at: number
}

// points; A4
const [width, height, margin] = [595, 842, 40]
const [rowHeight, top, size] = [13, 96, 8]
const rowsAtOnce = Math.floor((height - top - 60) / rowHeight)
const gap = 6

export const pagesOf = (rows: number): number => Math.max(1, Math.ceil(rows / rowsAtOnce))

/**
 * Rows on paper, page by page: each page has the title, its number, and as many rows as fit. What is written is handed on
 * before more is read, so that any number of rows takes the memory of one page.
 */
export const sheetPdf = async function* (sheet: Sheet, rows: AsyncIterable<SheetRow>): AsyncGenerator<Uint8Array> {
  const at = new Date(sheet.at)
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    info: {
      Title: inWindows1252(sheet.title).text,
      Producer: 'Stationmaster',
      Creator: 'Stationmaster',
      CreationDate: at,
      ModDate: at,
    },
  })
  const page = { number: 0, row: rowsAtOnce, isWhole: true }
  const say = (
    text: string,
    x: number,
    y: number,
    options: { readonly width: number; readonly align?: 'right' },
  ): void => {
    const known = inWindows1252(text)
    page.isWhole &&= known.isWhole
    pdf.text(fitting(pdf, known.text, options.width), x, y, { ...options, lineBreak: false })
  }
  const endPage = (): void => {
    if (page.number === 0) return
    const note = page.isWhole ? '' : `${unknown} stands for a character that this font does not have.`
    pdf.font('Helvetica').fontSize(7)
    say(note, margin, height - 36, { width: 320 })
    say(`Page ${page.number} of ${pagesOf(sheet.rows)}`, width - margin - 120, height - 36, {
      width: 120,
      align: 'right',
    })
  }
  const beginPage = (): void => {
    endPage()
    pdf.addPage()
    page.number++
    page.row = 0
    page.isWhole = true
    pdf.font('Helvetica-Bold').fontSize(14)
    say(sheet.title, margin, 40, { width: width - 2 * margin })
    pdf.font('Helvetica').fontSize(size)
    say(sheet.subtitle, margin, 62, { width: width - 2 * margin })
  }
  const written = function* (): Generator<Uint8Array> {
    for (let piece: unknown = pdf.read(); piece !== null; piece = pdf.read()) yield piece as Uint8Array
  }

  for await (const { cells, columns, isStrong = false, isTotal = false } of rows) {
    if (page.row === rowsAtOnce) {
      beginPage()
      yield* written()
    }
    const y = top + page.row++ * rowHeight
    if (isTotal)
      pdf
        .moveTo(margin, y - 2.5)
        .lineTo(width - margin, y - 2.5)
        .lineWidth(0.5)
        .stroke()
    pdf.font(isStrong ? 'Helvetica-Bold' : 'Helvetica').fontSize(size)
    let x = margin
    columns.forEach((column, i) => {
      const { width: wide, align } = column
      say(cells[i] ?? '', x, y, { width: wide, ...(align !== undefined && { align }) })
      x += wide + gap
    })
  }
  if (page.number === 0) beginPage()
  endPage()
  pdf.end()
  for await (const piece of pdf) yield piece as Uint8Array
}

/** A text that is too wide for its column ends in dots. */
const fitting = (pdf: PDFKit.PDFDocument, text: string, wide: number): string => {
  if (pdf.widthOfString(text) <= wide) return text
  let cut = text
  while (cut !== '' && pdf.widthOfString(`${cut}…`) > wide) cut = cut.slice(0, -1)
  return `${cut}…`
}
