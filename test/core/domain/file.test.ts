import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileName } from '../../../core/domain/file.ts'

describe('the name of a file', () => {
  it.each([
    ['log.zip', 'log.zip'],
    ['/var/log/log.zip', 'log.zip'],
    ['C:\\logs\\log.zip', 'log.zip'],
    ['logs/', 'logs'],
    ['../../etc/passwd', 'passwd'],
    ['.htaccess', 'htaccess'],
    ['..', 'file'],
    ['', 'file'],
    [' / ', 'file'],
    ['a<b>:"|?*.txt', 'ab.txt'],
    ['a\u0000\r\n\u202Eb', 'ab'],
    ['充電 桩.bin', '充電 桩.bin'],
    ['\ud800', '\ufffd'],
    [`${'x'.repeat(300)}.tar.gz`, `${'x'.repeat(143)}.tar.gz`],
  ])('%j is %j', (given, name) => {
    expect(fileName(given)).toBe(name)
  })

  it('is what is offered instead where nothing is left of it', () => {
    expect(fileName('///', 'diagnostics.bin')).toBe('diagnostics.bin')
  })

  it('is fit for every file system and every header, whatever was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const name = fileName(given)
        expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}]|^[.\s]|\s$/u)
        expect(name.isWellFormed()).toBe(true)
        expect(name.length).toBeGreaterThan(0)
        expect(name.length).toBeLessThanOrEqual(150)
      }),
      { numRuns: 200 },
    )
  })
})
