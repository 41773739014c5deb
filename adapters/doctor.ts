import type { Config } from './config.ts'
export const doctor = async (_: Config, say: (line: string) => void): Promise<number> => {
  say('soon')
  return 0
}
