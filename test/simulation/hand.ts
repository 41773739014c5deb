import { parentPort } from 'node:worker_threads'
import { run, type RunOptions } from './run.ts'

/** One thread that runs the seeds it is given, one after the other: test/simulation/hands.ts. */
parentPort?.on('message', (options: RunOptions) => {
  void run(options).then((outcome) => parentPort?.postMessage(outcome))
})
