import { defineConfig } from 'vitest/config'

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
          include: [
            'test/{adapters,bench,certification,chaos,cluster,console,end-to-end,fuzz,runtime,simulation}/**/*.test.ts',
          ],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
