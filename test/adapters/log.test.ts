import { expect, it } from 'vitest'
import { createLog } from '../../adapters/log.ts'

it.each(['json', 'pretty'] as const)(
  'BI-28: whatever a station calls itself stays on one line, commands no terminal and turns no text around (%s)',
  (format) => {
    const lines: string[] = []
    const log = createLog({ level: 'info', format, write: (line) => lines.push(line) })
    const name = 'CP\n\r\u001b[2J\u009b2J\u007f\u2028\u2029\u202e\u2066é\u{1f50c}'
    log.warn('charge point floods', { chargePoint: name, names: [name] })
    expect(lines.length).toBe(1)
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
    expect(lines[0]).toContain('é\u{1f50c}')
    if (format === 'json') expect(JSON.parse(lines[0] ?? '')).toMatchObject({ chargePoint: name, names: [name] })
  },
)
