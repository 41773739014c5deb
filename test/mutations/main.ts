import { execFileSync, spawn } from 'node:child_process'
import { cpSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bug, bugs } from './bugs.ts'

const root = join(import.meta.dirname, '../..')
const bun = process.execPath
const mostMs = 150_000

/** Runs a suite on the copy; answers what it said when it failed, or undefined when it noticed nothing. */
const hunt = (copy: string, by: Bug['by']): Promise<string | undefined> => {
  const args =
    by === 'simulation'
      ? ['test/simulation/main.ts', '--seeds', '1..400', '--first']
      : ['node_modules/vitest/vitest.mjs', 'run', '--pool=threads', '--bail=1', by]
  const child = spawn(bun, args, { cwd: copy, env: { ...process.env, NO_COLOR: '1', SM_SEEDS: '1' } })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const late = setTimeout(() => child.kill('SIGKILL'), mostMs)
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      clearTimeout(late)
      resolve(code === 0 ? undefined : killerIn(output))
    })
  })
}

/** The line that names the seed or the test. */
const killerIn = (output: string): string =>
  output
    .split('\n')
    .find((line) => /^seed \d+ broke|^\s*(?:FAIL|×)/.test(line))
    ?.trim()
    .slice(0, 150) ?? 'it did not come to an end'

const copyOf = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'sm-bugs-'))
  chmodSync(copy, 0o755)
  for (const file of execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Plants a bug into the copy, hunts it, and takes it out again; whether it was found. */
const isKilled = async (copy: string, { name, file, find, plant, by }: Bug, place: string): Promise<boolean> => {
  const path = join(copy, file)
  const healthy = readFileSync(path, 'utf8')
  if (healthy.split(find).length !== 2) throw new Error(`${name}: ${file} has not exactly one place to plant it`)
  writeFileSync(
    path,
    healthy.replace(find, () => plant),
  )
  const killer = await hunt(copy, by)
  writeFileSync(path, healthy)
  process.stdout.write(
    `${place}  ${killer === undefined ? 'ALIVE ' : 'killed'}  ${name}\n${killer === undefined ? '' : `          ${killer}\n`}`,
  )
  return killer !== undefined
}

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } })
  const [wanted] = positionals
  const hunted = bugs.filter(({ name }) => wanted === undefined || name.includes(wanted))
  const left = [...hunted.entries()]
  let alive = 0
  // most of a hunt is one process that starts: two at a time, each in a copy of its own
  const hunters = Array.from({ length: Math.min(2, hunted.length) }, async () => {
    const copy = copyOf()
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [i, bug] = next
      if (!(await isKilled(copy, bug, `${i + 1} of ${hunted.length}`))) alive++
    }
    rmSync(copy, { recursive: true, force: true })
  })
  await Promise.all(hunters)
  // read by CI like a test report
  if (values.report !== undefined)
    writeFileSync(
      values.report,
      JSON.stringify({ numPassedTests: hunted.length - alive, numFailedTests: alive, success: alive === 0 }),
    )
  process.stdout.write(`${hunted.length - alive} of ${hunted.length} planted bugs killed\n`)
  return alive === 0 ? 0 : 1
}

process.exitCode = await main()
