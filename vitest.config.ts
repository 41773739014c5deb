import { defineConfig } from 'vitest/config'

/** These kill processes, fill the machine, or look at how long something takes. */
const alone = [
  'test/adapters/{embedded,doctor,deploy}.test.ts',
  'test/end-to-end/{burst,kill,load,modes,replay,runtimes,stall,telemetry}.test.ts',
]

/** These compute for minutes, and nothing else: they have the time in which others wait. */
const long = ['test/fuzz/fuzz.test.ts', 'test/simulation/simulation.test.ts']

/** Unit tests need nothing but the sources; integration tests start PostgreSQL, Redis, sockets and processes. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // some of them try thousands of inputs: how long that takes is no finding
          testTimeout: 60_000,
          include: ['test/{core,actors,memory}/**/*.test.ts', 'test/*.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{certification,adapters,end-to-end}/**/*.test.ts', ...long],
          exclude: alone,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // each has a server and a database of its own, and waits for them most of the time
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'alone',
          include: ['test/{bench,chaos,cluster,console,fuzz,runtime,simulation}/**/*.test.ts', ...alone],
          exclude: long,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
